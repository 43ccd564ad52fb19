// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/resize.h"

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "tests/analysis/data/expect_error.h"
#include "tests/analysis/data/preprocess_oracle.h"

namespace clipscope::data {
namespace {

struct Case {
    const char* operation;
    Filter filter;
    ResizeLike like;
    int64_t height;
    int64_t width;
    double tolerance;
    bool isBgr = false;
    bool isPlanar = false;
};

Tensor toTensor(const FloatImage& image, bool bgr, bool planar) {
    const int64_t pixels = image.width * image.height;
    Tensor tensor(DType::Float32, planar ? Shape{3, image.height, image.width}
                                         : Shape{image.height, image.width, 3});
    for (int64_t i = 0; i < pixels; ++i) {
        for (int64_t c = 0; c < 3; ++c) {
            const int64_t from = i * image.channels + (bgr ? 2 - c : c) % image.channels;
            const int64_t to = planar ? c * pixels + i : i * 3 + c;
            tensor.mutableValues<float>()[static_cast<size_t>(to)] =
                image.data[static_cast<size_t>(from)];
        }
    }
    return tensor;
}

class ResizeOracle : public testing::TestWithParam<Case> {};

TEST_P(ResizeOracle, IsMet) {
    const Case& c = GetParam();
    for (const char* name : kOracleImages) {
        const Image image = readImage(kPreprocess / "images" / name);
        const FloatImage resized = resize(image, c.height, c.width, c.filter, c.like);
        EXPECT_LE(largestDifference(toTensor(resized, c.isBgr, c.isPlanar),
                                    expected(std::string(name) + "/" + c.operation)),
                  c.tolerance)
            << name;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Operations, ResizeOracle,
    testing::Values(Case{"pil_bilinear_32x32_u8", Filter::Bilinear, ResizeLike::Pil, 32, 32, 0},
                    Case{"pil_bilinear_h27_w31_u8", Filter::Bilinear, ResizeLike::Pil, 27, 31, 0},
                    Case{"pil_bicubic_32x32_u8", Filter::Bicubic, ResizeLike::Pil, 32, 32, 0},
                    Case{"cv2_linear_32x32_u8", Filter::Bilinear, ResizeLike::OpenCv, 32, 32, 0,
                         true},
                    Case{"cv2_linear_h27_w31_u8", Filter::Bilinear, ResizeLike::OpenCv, 27, 31, 0},
                    Case{"cv2_area_32x32_u8", Filter::Area, ResizeLike::OpenCv, 32, 32, 0, true},
                    Case{"torch_bilinear_noaa_32x32_f32", Filter::Bilinear, ResizeLike::Torch, 32,
                         32, 1e-3, false, true},
                    Case{"torch_bilinear_noaa_h27_w31_f32", Filter::Bilinear, ResizeLike::Torch, 27,
                         31, 1e-3, false, true}),
    [](const auto& test) { return std::string(test.param.operation); });

TEST(Resize, EqualsPillowAndOpenCvAtOddSizes) {
    const Image image = readImage(kPreprocess / "images" / "astronaut_96x128.png");
    const std::pair<const char*, Filter> filters[] = {{"nearest", Filter::Nearest},
                                                      {"bilinear", Filter::Bilinear},
                                                      {"bicubic", Filter::Bicubic},
                                                      {"area", Filter::Area}};
    const std::pair<int64_t, int64_t> sizes[] = {{27, 31},  {48, 64},   {32, 32},  {96, 50},
                                                 {70, 128}, {131, 151}, {40, 200}, {120, 33}};
    for (const auto& [library, like] : {std::pair{std::string("pil"), ResizeLike::Pil},
                                        std::pair{std::string("opencv"), ResizeLike::OpenCv}}) {
        for (const auto& [filterName, filter] : filters) {
            if (!canResize(filter, like))
                continue;
            for (const auto& [height, width] : sizes) {
                const std::string name = library + "/" + filterName + "/" + std::to_string(height) +
                                         "x" + std::to_string(width);
                const FloatImage resized = resize(image, height, width, filter, like);
                EXPECT_EQ(largestDifference(toTensor(resized, false, false), peer(name)), 0)
                    << name;
            }
        }
    }
}

TEST(Resize, HandlesSinglePixels) {
    Image pixel(1, 1, 3);
    pixel.data = {10, 20, 30};
    for (const ResizeLike like : {ResizeLike::Pil, ResizeLike::OpenCv, ResizeLike::Torch}) {
        const FloatImage resized = resize(pixel, 2, 3, Filter::Bilinear, like);
        for (size_t i = 0; i < 18; ++i)
            EXPECT_NEAR(resized.data[i], static_cast<float>(10 * (i % 3 + 1)), 1e-4);
    }
}

TEST(Resize, RefusesWhatItDoesNotDo) {
    const Image image(4, 4, 3);
    EXPECT_ERROR(resize(image, 2, 2, Filter::Bicubic, ResizeLike::OpenCv), ErrorCode::Unsupported,
                 "bicubic like pil");
    EXPECT_ERROR(resize(image, 2, 2, Filter::Area, ResizeLike::Pil), ErrorCode::Unsupported,
                 "area like opencv");
    EXPECT_ERROR(resize(image, 0, 2, Filter::Bilinear, ResizeLike::Pil), ErrorCode::BadInput,
                 "to nothing");
}

}  // namespace
}  // namespace clipscope::data
