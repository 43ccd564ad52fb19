// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/recipe.h"

#include <fstream>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "tests/analysis/data/expect_error.h"
#include "tests/analysis/data/preprocess_oracle.h"
#include "tests/temporary_folder.h"

namespace clipscope::data {
namespace {

const InputSpec kPlanar32{"x", DType::Float32, {-1, 3, 32, 32}};
const InputSpec kInterleaved32{"x", DType::Float32, {1, 32, 32, 3}};

struct Case {
    const char* operation;
    const char* recipe;  ///< a preset or JSON
    InputSpec input;
    double tolerance;
};

class RecipeOracle : public testing::TestWithParam<Case> {};

Recipe recipeOf(const std::string& text) {
    return text.front() == '{' ? parseRecipe(text, "recipe") : findRecipe(text);
}

TEST_P(RecipeOracle, IsMet) {
    const Case& c = GetParam();
    for (const char* name : kOracleImages) {
        const Image image = readImage(kPreprocess / "images" / name);
        const Tensor made = apply(recipeOf(c.recipe), image, c.input);
        EXPECT_LE(largestDifference(made, expected(std::string(name) + "/" + c.operation)),
                  c.tolerance)
            << name;
    }
}

constexpr const char* kTorch40 = R"({"version": 1, "color": "rgb", "resize": {"shorter": 40},
    "crop": [32, 32], "scale": 0.00392156862745098, "mean": [0.485, 0.456, 0.406],
    "std": [0.229, 0.224, 0.225], "layout": "CHW"})";

constexpr const char* kTorch = R"({"version": 1, "resize": {"to": [27, 31], "like": "torch"}})";

// Tolerance 0: the same floats. YOLO's division by 255 is our multiplication, rounded alike.
INSTANTIATE_TEST_SUITE_P(Operations, RecipeOracle,
                         testing::Values(Case{"torchvision_r40_c32_norm", kTorch40, kPlanar32, 0},
                                         Case{"caffe_bgr_mean_chw", "imagenet-caffe", kPlanar32, 0},
                                         Case{"tf_hwc_pm1", "imagenet-tf", kInterleaved32, 0},
                                         Case{"unit_hwc_rgb", "unit", kInterleaved32, 0},
                                         Case{"yolo_letterbox_32_rgb_chw", "yolo", kPlanar32, 0},
                                         Case{"torch_bilinear_noaa_h27_w31_f32",
                                              kTorch,
                                              {"x", DType::Float32, {1, 3, 27, 31}},
                                              1e-3}),
                         [](const auto& test) { return std::string(test.param.operation); });

TEST(Recipe, ImagenetTorchIsTorchvisions) {
    const Image image = readImage(kPreprocess / "images" / "cat_150x226_420.jpg");
    const InputSpec input{"x", DType::Float32, {1, 3, 224, 224}};
    EXPECT_EQ(largestDifference(apply(findRecipe("imagenet-torch"), image, input),
                                expected("cat_150x226_420.jpg/torchvision_r256_c224_norm")),
              0);
}

TEST(Recipe, ScaleOf255thIsDivisionBy255) {
    Image ramp(256, 1, 1);
    for (size_t i = 0; i < 256; ++i)
        ramp.data[i] = static_cast<uint8_t>(i);
    const Tensor unit = apply(findRecipe("unit"), ramp, {"x", DType::Float32, {1, 1, 1, 256}});
    for (size_t i = 0; i < 256; ++i)
        EXPECT_EQ(unit.values<float>()[i], static_cast<float>(i) / 255.0f) << i;
}

TEST(Recipe, FollowsTheInput) {
    Image pixel(1, 1, 3);
    pixel.data = {10, 20, 30};
    const Recipe raw = findRecipe("raw");
    auto values = [&](const Recipe& recipe, std::vector<int64_t> dims) {
        return toDoubles(apply(recipe, pixel, {"x", DType::Float32, std::move(dims)}));
    };
    EXPECT_EQ(values(raw, {1, 3, 1, 1}), (std::vector<double>{10, 20, 30}));
    // Pillow: (10 * 19595 + 20 * 38470 + 30 * 7471 + 32768) >> 16 = 18
    EXPECT_EQ(values(raw, {1, 1, 1, 1}), (std::vector<double>{18}));
    const Recipe bgr = parseRecipe(R"({"version":1,"color":"bgr","mean":[1,2,3],"std":[2]})", "r");
    EXPECT_EQ(values(bgr, {1, 3, 1, 1}), (std::vector<double>{14.5, 9, 3.5}));
    const Tensor tall = apply(findRecipe("unit"), pixel, {"x", DType::Float32, {-1, 5, 7, 3}});
    EXPECT_EQ(tall.shape(), (Shape{5, 7, 3}));
    Image gray(1, 1, 1);
    gray.data = {9};
    EXPECT_EQ(toDoubles(apply(raw, gray, {"x", DType::Float32, {1, 3, 1, 1}})),
              (std::vector<double>{9, 9, 9}));
}

TEST(Recipe, GrayIsPillows) {
    const Image image = readImage(kPreprocess / "images" / "astronaut_96x128.png");
    const Tensor gray = apply(findRecipe("raw"), image, {"x", DType::UInt8, {1, 1, 96, 128}});
    EXPECT_EQ(largestDifference(gray.reshaped({96, 128}), peer("pil/gray")), 0);
}

TEST(Recipe, GivesTheInputsType) {
    Image pixel(1, 1, 3);
    pixel.data = {10, 20, 30};
    const Tensor bytes = apply(findRecipe("raw"), pixel, {"x", DType::UInt8, {1, -1, -1, 3}});
    EXPECT_EQ(bytes.type(), DType::UInt8);
    EXPECT_EQ(toInt64s(bytes), (std::vector<int64_t>{10, 20, 30}));
    EXPECT_EQ(apply(defaultRecipe({"x", DType::UInt8, {1, 3, 2, 2}}), pixel,
                    {"x", DType::UInt8, {1, 3, 2, 2}})
                  .values<uint8_t>()[0],
              10);
    const Tensor half = apply(findRecipe("unit"), pixel, {"x", DType::Float16, {1, 3, 1, 1}});
    EXPECT_NEAR(toDoubles(half)[2], 30.0 / 255, 1e-4);
    EXPECT_ERROR(apply(findRecipe("unit"), pixel, {"x", DType::UInt8, {1, 3, 1, 1}}),
                 ErrorCode::BadInput, "takes uint8 pixels, which the recipe scales");
    EXPECT_ERROR(apply(findRecipe("raw"), pixel, {"x", DType::Int64, {1, 3, 1, 1}}),
                 ErrorCode::Unsupported, "'x' is int64");
}

TEST(Recipe, AppliesExifWhenTold) {
    const Image image = readImage(kPreprocess / "images" / "exif_orient6_37x50.jpg");
    const Recipe turned = parseRecipe(R"({"version": 1, "exif": true, "layout": "HWC"})", "r");
    const Tensor made = apply(turned, image, {"x", DType::Float32, {1, -1, -1, 3}});
    EXPECT_EQ(largestDifference(made, peer("exif_orient6_37x50.jpg/upright")), 0);
    EXPECT_EQ(apply(findRecipe("raw"), image, {"x", DType::Float32, {1, 3, -1, -1}}).shape(),
              (Shape{3, 37, 50}));
}

TEST(Recipe, LetterboxesUpwardsAndUnevenly) {
    Image strip(3, 1, 1);
    strip.data = {1, 1, 1};
    const Recipe box =
        parseRecipe(R"({"version": 1, "resize": {"letterbox": [4, 6], "like": "opencv"}})", "r");
    const Tensor made = apply(box, strip, {"x", DType::Float32, {1, 1, 4, 6}});
    const std::vector<double> values = toDoubles(made);  // twice as large: rows 1 and 2 of 4
    for (size_t i = 0; i < 24; ++i)
        EXPECT_EQ(values[i], i / 6 == 1 || i / 6 == 2 ? 1 : 114) << i;
    // 5 rows for 2: 3 over, ultralytics puts round(1.5 - 0.1) = 1 above.
    const Recipe odd = parseRecipe(R"({"version": 1, "resize": {"letterbox": [5, 6]}})", "r");
    const std::vector<double> uneven =
        toDoubles(apply(odd, strip, {"x", DType::Float32, {1, 1, 5, 6}}));
    EXPECT_EQ(uneven[0], 114);
    EXPECT_EQ(uneven[6], 1);
    EXPECT_EQ(uneven[12], 1);
    EXPECT_EQ(uneven[18], 114);
}

TEST(Recipe, SurvivesJson) {
    for (const std::string& preset : presetNames()) {
        const Recipe recipe = findRecipe(preset);
        EXPECT_EQ(parseRecipe(toJson(recipe), "again"), recipe) << toJson(recipe);
    }
    for (const char* text :
         {kTorch40, R"({"version": 1, "color": "gray", "exif": true, "crop": [3, 4],
              "resize": {"to": [5, 6], "filter": "area", "like": "opencv"}, "layout": "HWC"})",
          R"({"version": 1, "resize": {"letterbox": [5, 6], "filter": "nearest"}})"}) {
        const Recipe recipe = parseRecipe(text, "text");
        EXPECT_EQ(parseRecipe(toJson(recipe), "again"), recipe) << toJson(recipe);
    }
}

TEST(Recipe, NamesTheWrongKey) {
    const std::pair<const char*, const char*> wrong[] = {
        {R"({"version": 1, "colour": "rgb"})", "unknown key \"colour\""},
        {R"({"version": 1, "resize": {"to": [1, 2], "mode": 1}})", "unknown key \"mode\""},
        {R"({"version": 2})", "\"version\" must be 1"},
        {R"({})", "\"version\" must be 1"},
        {R"([])", "must be a JSON object"},
        {R"({"version": 1,})", "not valid JSON"},
        {R"({"version": 1, "color": "hsv"})", "\"color\" must be one of rgb, bgr, gray"},
        {R"({"version": 1, "exif": 1})", "\"exif\""},
        {R"({"version": 1, "resize": {}})", "one of to, shorter and letterbox"},
        {R"({"version": 1, "resize": {"to": [1, 2], "shorter": 3}})", "one of to, shorter"},
        {R"({"version": 1, "resize": {"to": [1]}})", "\"to\" must be [height, width]"},
        {R"({"version": 1, "resize": {"to": [0, 2]}})", "whole numbers of pixels"},
        {R"({"version": 1, "resize": {"to": [1.5, 2]}})", "whole numbers of pixels"},
        {R"({"version": 1, "resize": {"shorter": 1e9}})", "whole numbers of pixels"},
        {R"({"version": 1, "resize": {"shorter": "x"}})", "\"shorter\""},
        {R"({"version": 1, "resize": {"shorter": 4, "like": "cv"}})", "\"like\" must be one of"},
        {R"({"version": 1, "crop": 3})", "\"crop\" must be [height, width]"},
        {R"({"version": 1, "scale": "1"})", "\"scale\" must be a number"},
        {R"({"version": 1, "scale": 0})", "\"scale\" must not be 0"},
        {R"({"version": 1, "mean": [1, 2]})", "\"mean\" must be a list of one or three"},
        {R"({"version": 1, "std": [1, 0, 1]})", "\"std\" must not hold 0"},
        {R"({"version": 1, "layout": "NCHW"})", "\"layout\" must be one of CHW, HWC"},
    };
    for (const auto& [json, message] : wrong) {
        EXPECT_ERROR(parseRecipe(json, "my.json"), ErrorCode::BadInput, message);
        EXPECT_ERROR(parseRecipe(json, "my.json"), ErrorCode::BadInput, "'my.json': ");
    }
    EXPECT_ERROR(parseRecipe(R"({"version":1,"resize":{"shorter":4,"filter":"area"}})", "my.json"),
                 ErrorCode::Unsupported, "filter area like pil is not available");
}

TEST(Recipe, SaysWhatDoesNotFit) {
    const Image image(8, 6, 3);
    EXPECT_ERROR(apply(findRecipe("raw"), image, kPlanar32), ErrorCode::BadInput,
                 "makes 3x6x8 of an image of 6x8, input 'x' takes ?x3x32x32");
    EXPECT_ERROR(apply(findRecipe("unit"), image, {"x", DType::Float32, {1, 3, -1, -1}}),
                 ErrorCode::BadInput, "'x', which is open (1x3x?x?)");
    EXPECT_ERROR(apply(findRecipe("unit"), image, {"x", DType::Float32, {1, 10}}),
                 ErrorCode::Unsupported, "'x' is 1x10");
    EXPECT_ERROR(apply(parseRecipe(R"({"version": 1, "crop": [7, 7]})", "r"), image, kPlanar32),
                 ErrorCode::BadInput, "crops 7x7 out of an image of only 6x8");
    EXPECT_ERROR(apply(findRecipe("imagenet-torch"), image, {"x", DType::Float32, {1, 4, 8, 8}}),
                 ErrorCode::BadInput, "takes 1x4x8x8");
    const Image strip(60000, 1, 3);
    EXPECT_ERROR(
        apply(findRecipe("imagenet-torch"), strip, {"x", DType::Float32, {1, 3, 224, 224}}),
        ErrorCode::BadInput, "would be resized to 256x15360000");
}

TEST(Recipe, IsFoundByPresetPathOrModel) {
    const TemporaryFolder folder;
    std::ofstream(folder / "net.v2.preprocess.json") << R"({"version": 1, "scale": 2})";
    EXPECT_EQ(recipeBeside(folder / "net.v2.onnx"), folder / "net.v2.preprocess.json");
    EXPECT_EQ(recipeBeside(folder / "net.onnx"), std::nullopt);
    EXPECT_EQ(findRecipe((folder / "net.v2.preprocess.json").string()).scale, 2);
    EXPECT_ERROR(findRecipe("imagenet"), ErrorCode::Usage,
                 "presets are imagenet-torch, imagenet-caffe, imagenet-tf, yolo, unit, raw");
    EXPECT_ERROR(findRecipe(folder.path().string()), ErrorCode::Io, "directory");
}

}  // namespace
}  // namespace clipscope::data
