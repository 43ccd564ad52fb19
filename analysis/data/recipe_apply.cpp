// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/data/recipe.h"
#include "analysis/tensor/half.h"

namespace clipscope::data {
namespace {

constexpr float kLetterboxGray = 114;

/// What a recipe leaves open, settled for one input.
struct Target {
    Recipe::Layout layout = Recipe::Layout::Chw;
    Recipe::Color color = Recipe::Color::Rgb;
    int64_t channels = 3;
    Recipe::Size size{-1, -1};  ///< the input's height and width; -1 where dynamic
};

Target targetFor(const Recipe& recipe, const InputSpec& input) {
    if (input.dims.size() != 4)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("images fit inputs of rank 4 (NxCxHxW or NxHxWxC), and '{}' is {}; "
                                "give its samples as .npy or .npz",
                                input.name, toString(input.dims)));
    auto isColor = [](int64_t extent) { return extent == 1 || extent == 3; };
    const bool lastOnly = isColor(input.dims[3]) && !isColor(input.dims[1]);
    Target target;
    target.layout = recipe.layout.value_or(lastOnly ? Recipe::Layout::Hwc : Recipe::Layout::Chw);
    const bool planar = target.layout == Recipe::Layout::Chw;
    const int64_t channels = input.dims[planar ? 1 : 3];
    target.color = recipe.color.value_or(channels == 1 ? Recipe::Color::Gray : Recipe::Color::Rgb);
    target.channels = target.color == Recipe::Color::Gray ? 1 : 3;
    target.size = {input.dims[planar ? 2 : 1], input.dims[planar ? 3 : 2]};
    return target;
}

/// `size`, or the input's where the recipe follows it.
Recipe::Size settled(const Recipe::Size& size, const Target& target, const InputSpec& input) {
    if (size[0] != 0)
        return size;
    if (target.size[0] <= 0 || target.size[1] <= 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the recipe follows the size of input '{}', which is open ({}); "
                                "give a recipe with sizes",
                                input.name, toString(input.dims)));
    return target.size;
}

/// Pillow's convert("L").
Image toGray(const Image& image) {
    if (image.channels == 1)
        return image;
    Image gray(image.width, image.height, 1);
    const uint8_t* pixel = image.data.data();
    for (uint8_t& value : gray.data) {
        value = static_cast<uint8_t>(
            (pixel[0] * 19595u + pixel[1] * 38470u + pixel[2] * 7471u + 0x8000u) >> 16);
        pixel += 3;
    }
    return gray;
}

FloatImage cropped(const FloatImage& image, const Recipe::Size& size) {
    const auto [height, width] = size;
    if (height > image.height || width > image.width)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the recipe crops {}x{} out of an image of only {}x{}", height,
                                width, image.height, image.width));
    // torchvision: int(round(x / 2.0)), Python's round, half to even.
    const auto top = std::lrint(static_cast<double>(image.height - height) / 2.0);
    const auto left = std::lrint(static_cast<double>(image.width - width) / 2.0);
    FloatImage result{width, height, image.channels, {}};
    result.data.reserve(static_cast<size_t>(width * height * image.channels));
    for (int64_t y = 0; y < height; ++y) {
        const auto row = image.data.begin() + ((top + y) * image.width + left) * image.channels;
        result.data.insert(result.data.end(), row, row + width * image.channels);
    }
    return result;
}

/// ultralytics' letterbox: sizes and margins by Python's round.
FloatImage letterboxed(const Image& image, const Recipe::Size& size, const Recipe& recipe) {
    const auto [height, width] = size;
    const double ratio = std::min(static_cast<double>(height) / static_cast<double>(image.height),
                                  static_cast<double>(width) / static_cast<double>(image.width));
    auto scaled = [&](int64_t side) {
        return std::max<int64_t>(1, std::lrint(static_cast<double>(side) * ratio));
    };
    const FloatImage inner =
        resize(image, std::min(scaled(image.height), height), std::min(scaled(image.width), width),
               recipe.filter, recipe.like);
    const auto top = std::lrint(static_cast<double>(height - inner.height) / 2 - 0.1);
    const auto left = std::lrint(static_cast<double>(width - inner.width) / 2 - 0.1);
    FloatImage result{width, height, image.channels, {}};
    result.data.assign(static_cast<size_t>(width * height * image.channels), kLetterboxGray);
    const int64_t rowLength = inner.width * inner.channels;
    for (int64_t y = 0; y < inner.height; ++y)
        std::copy_n(inner.data.begin() + y * rowLength, rowLength,
                    result.data.begin() + ((top + y) * width + left) * image.channels);
    return result;
}

FloatImage fitted(const Image& image, const Recipe& recipe, const Target& target,
                  const InputSpec& input) {
    if (recipe.fit == Recipe::Fit::None)
        return {image.width, image.height, image.channels, {image.data.begin(), image.data.end()}};
    Recipe::Size size = recipe.size;
    if (recipe.fit != Recipe::Fit::Shorter) {
        size = settled(size, target, input);
        if (recipe.fit == Recipe::Fit::Letterbox)
            return letterboxed(image, size, recipe);
    } else {
        const bool follows = size[0] == 0;
        const int64_t shorter =
            follows ? std::lrint(static_cast<double>(settled(size, target, input)[0]) * 256 / 224)
                    : size[0];
        const bool tall = image.height > image.width;
        const int64_t longer =
            shorter * std::max(image.height, image.width) / std::min(image.height, image.width);
        size = tall ? Recipe::Size{longer, shorter} : Recipe::Size{shorter, longer};
    }
    return resize(image, size[0], size[1], recipe.filter, recipe.like);
}

float valueOr(const std::vector<double>& values, int64_t channel, float otherwise) {
    if (values.empty())
        return otherwise;
    return static_cast<float>(values.size() == 1 ? values[0]
                                                 : values[static_cast<size_t>(channel)]);
}

/// The order of torchvision's ToTensor and Normalize. The product is rounded from float64, so that
/// a scale of 1/255 gives the floats that a division by 255 gives.
Tensor normalized(const FloatImage& image, const Recipe& recipe, const Target& target) {
    const bool planar = target.layout == Recipe::Layout::Chw;
    const int64_t pixels = image.width * image.height;
    const int64_t channels = target.channels;
    Tensor tensor(DType::Float32, planar ? Shape{channels, image.height, image.width}
                                         : Shape{image.height, image.width, channels});
    float* out = tensor.mutableValues<float>().data();
    for (int64_t c = 0; c < channels; ++c) {
        const float mean = valueOr(recipe.mean, c, 0);
        const float deviation = valueOr(recipe.std, c, 1);
        const int64_t color = target.color == Recipe::Color::Bgr ? 2 - c : c;
        const float* in = image.data.data() + (image.channels == 1 ? 0 : color);
        const int64_t step = planar ? 1 : channels;
        float* to = out + (planar ? c * pixels : c);
        for (int64_t i = 0; i < pixels; ++i, in += image.channels, to += step) {
            const auto value = static_cast<float>(static_cast<double>(*in) * recipe.scale);
            *to = (value - mean) / deviation;
        }
    }
    return tensor;
}

Tensor inType(const Tensor& tensor, const Recipe& recipe, const InputSpec& input) {
    const auto values = tensor.values<float>();
    Tensor result(input.type, tensor.shape());
    if (input.type == DType::Float16) {
        std::transform(values.begin(), values.end(),
                       reinterpret_cast<uint16_t*>(result.mutableBytes()),
                       [](float v) { return toHalf(v).bits; });
    } else if (input.type == DType::Float64) {
        std::copy(values.begin(), values.end(), result.mutableValues<double>().begin());
    } else if (input.type == DType::UInt8) {
        if (recipe.scale != 1 || !recipe.mean.empty() || !recipe.std.empty())
            throw Error(ErrorCode::BadInput,
                        fmt::format("input '{}' takes uint8 pixels, which the recipe scales; leave "
                                    "out scale, mean and std",
                                    input.name));
        std::transform(values.begin(), values.end(), result.mutableValues<uint8_t>().begin(),
                       [](float v) { return static_cast<uint8_t>(std::lrint(v)); });
    } else {
        throw Error(ErrorCode::Unsupported,
                    fmt::format("images fit inputs of type float32, float16, float64 and uint8, "
                                "and '{}' is {}",
                                input.name, name(input.type)));
    }
    return result;
}

}  // namespace

Tensor apply(const Recipe& recipe, const Image& image, const InputSpec& input) {
    const Target target = targetFor(recipe, input);
    for (const auto* values : {&recipe.mean, &recipe.std}) {
        if (values->size() > 1 && static_cast<int64_t>(values->size()) != target.channels)
            throw Error(ErrorCode::BadInput,
                        fmt::format("the recipe has {} means or deviations for {} channel(s)",
                                    values->size(), target.channels));
    }
    Image source = recipe.exif ? upright(image) : image;
    if (target.color == Recipe::Color::Gray)
        source = toGray(source);
    FloatImage pixels = fitted(source, recipe, target, input);
    if (recipe.crop)
        pixels = cropped(pixels, settled(*recipe.crop, target, input));
    const Tensor tensor = normalized(pixels, recipe, target);
    for (size_t axis = 0; axis < 3; ++axis) {
        if (input.dims[axis + 1] >= 0 && tensor.shape()[axis] != input.dims[axis + 1])
            throw Error(ErrorCode::BadInput,
                        fmt::format("the recipe makes {} of an image of {}x{}, input '{}' takes {}",
                                    tensor.shape().toString(), image.height, image.width,
                                    input.name, toString(input.dims)));
    }
    return input.type == DType::Float32 ? tensor : inType(tensor, recipe, input);
}

}  // namespace clipscope::data
