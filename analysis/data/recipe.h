// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/data/image.h"
#include "analysis/data/input_spec.h"
#include "analysis/data/resize.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::data {

/// How an image becomes a model's input. In order: turn as EXIF says, colour, resize, crop the
/// centre, then (pixel * scale - mean) / std, so mean and std are in scaled units, and the layout.
///
/// As JSON (design.md section 8); what is left out keeps the value below, an unknown key is an
/// error:
///
///     {"version": 1, "color": "rgb|bgr|gray", "exif": false,
///      "resize": {"to": [h,w] | "shorter": n | "letterbox": [h,w],
///                 "filter": "bilinear|bicubic|area|nearest", "like": "pil|opencv|torch"},
///      "crop": [h,w], "scale": 0.00392157, "mean": [], "std": [], "layout": "CHW|HWC"}
///
/// Sizes may also be the word "input": then they follow the model's input (HxW), and "shorter" is
/// round(H * 256 / 224), the ratio that ImageNet models were evaluated with.
struct Recipe {
    enum class Color { Rgb, Bgr, Gray };
    enum class Layout { Chw, Hwc };
    enum class Fit {
        None,       ///< the image keeps its size
        To,         ///< to exactly `size`
        Shorter,    ///< the shorter side to size[0], the longer to int(longer * size[0] / shorter)
        Letterbox,  ///< as large as fits into `size`, centred on gray 114 (ultralytics)
    };
    using Size = std::array<int64_t, 2>;  ///< height, width; both 0: follow the model's input

    std::optional<Color> color;  ///< none: gray for an input of one channel, else rgb
    bool exif = false;
    Fit fit = Fit::None;
    Size size{0, 0};
    Filter filter = Filter::Bilinear;
    ResizeLike like = ResizeLike::Pil;
    std::optional<Size> crop;
    double scale = 1;
    std::vector<double> mean;      ///< empty, one, or one a channel, in the order of `color`
    std::vector<double> std;       ///< likewise, never 0
    std::optional<Layout> layout;  ///< none: HWC where only the input's last axis is 1 or 3 long

    bool operator==(const Recipe&) const = default;
};

/// Throws Error(BadInput) naming `what`, the key and what it may be.
Recipe parseRecipe(std::string_view json, const std::string& what);

/// The JSON that parseRecipe turns back into an equal recipe.
std::string toJson(const Recipe& recipe);

/// imagenet-torch  shorter side, centre crop, /255, torchvision's mean and std
/// imagenet-caffe  resize, BGR, minus (104, 117, 123)
/// imagenet-tf     resize, (pixel - 127.5) / 127.5
/// yolo            letterbox as OpenCV resizes, /255
/// unit            resize, /255
/// raw             the pixels as they are; the image must have the input's size
/// All sizes follow the model's input, and resizing is bilinear as Pillow does unless said.
const std::vector<std::string>& presetNames();

/// A preset by its name, a recipe's JSON itself, or the recipe in a file. Throws Error(Usage)
/// listing the presets when it is neither.
Recipe findRecipe(const std::string& presetOrPath);

/// What images get when nobody said anything: `unit`, without its scale for an integer input.
Recipe defaultRecipe(const InputSpec& input);

/// "model.preprocess.json" beside "model.onnx", if it exists.
std::optional<std::filesystem::path> recipeBeside(const std::filesystem::path& model);

/// The image as the input takes it, without the batch axis: CxHxW or HxWxC in the input's type
/// (float32, float16, float64; uint8 when the recipe neither scales nor subtracts). Throws Error:
/// Unsupported for an input that is not of rank 4 or another type, BadInput where recipe, image and
/// input do not fit, naming the shapes.
Tensor apply(const Recipe& recipe, const Image& image, const InputSpec& input);

}  // namespace clipscope::data
