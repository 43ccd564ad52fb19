// SPDX-License-Identifier: Apache-2.0
// Sampling at places of a grid, rotation of heads and quantization, stepped and held against the
// definition.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "analysis/runtime/functors/grid.h"
#include "analysis/runtime/functors/rotate.h"
#include "analysis/runtime/granularity.h"
#include "tests/gpu/stepped_backend.h"
#include "tests/normal_values.h"

namespace clipscope::gpu {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// An element of a plane, 0 beyond it.
double at(const float* plane, int64_t height, int64_t width, int64_t h, int64_t w) {
    return h < 0 || w < 0 || h >= height || w >= width ? 0.0
                                                       : static_cast<double>(plane[h * width + w]);
}

TEST(GpuDevice, SamplesBetweenFourNeighbours) {
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    const int64_t n = 2, channels = 19, height = 7, width = 9, places = 131;
    const std::vector<float> x = normal(static_cast<size_t>(n * channels * height * width), 1);
    std::vector<float> grid = normal(static_cast<size_t>(n * places * 2), 2);
    grid[0] = kNan;  // as far beyond as -1
    grid[3] = kInfinity;
    grid[4] = -1e30f;
    Tensor y = device->allocate(DType::Float32, {n, channels, 1, places});
    device->sampleGrid({}, device->fromHost(Tensor::of<float>({n, channels, height, width}, x)),
                       device->fromHost(Tensor::of<float>({n, 1, places, 2}, grid)), y);
    EXPECT_EQ(device->hostWork().calls, 0);
    const Tensor got = device->toHost(y);
    for (int64_t b = 0; b < n; ++b)
        for (int64_t p = 0; p < places; ++p) {
            const auto placeOf = [&](size_t which, int64_t extent) {
                const auto g =
                    static_cast<double>(grid[static_cast<size_t>((b * places + p) * 2) + which]);
                const double place = ((g + 1) * static_cast<double>(extent) - 1) / 2;
                return std::isnan(place) ? -1.0 : std::clamp(place, -9.0, 20.0);
            };
            const double w = placeOf(0, width);
            const double h = placeOf(1, height);
            const auto w0 = static_cast<int64_t>(std::floor(w));
            const auto h0 = static_cast<int64_t>(std::floor(h));
            const double dw = w - std::floor(w);
            const double dh = h - std::floor(h);
            for (int64_t c = 0; c < channels; ++c) {
                const float* plane = x.data() + (b * channels + c) * height * width;
                const double wanted = (1 - dh) * ((1 - dw) * at(plane, height, width, h0, w0) +
                                                  dw * at(plane, height, width, h0, w0 + 1)) +
                                      dh * ((1 - dw) * at(plane, height, width, h0 + 1, w0) +
                                            dw * at(plane, height, width, h0 + 1, w0 + 1));
                ASSERT_NEAR(
                    static_cast<double>(
                        got.values<float>()[static_cast<size_t>((b * channels + c) * places + p)]),
                    wanted, 2e-6)
                    << b << ' ' << c << ' ' << p;
            }
        }
}

TEST(GpuDevice, SamplesOneToThreeAxesAndLeavesFourToTheCpu) {
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    for (const size_t axes : {1u, 2u, 3u, 4u}) {
        // Corners aligned, the grid's places are those of the elements themselves.
        std::vector<int64_t> extents{1, 2}, places{1};
        extents.insert(extents.end(), axes, 3);
        places.insert(places.end(), axes, 3);
        places.push_back(static_cast<int64_t>(axes));
        Tensor grid(DType::Float32, Shape(places));
        for (int64_t i = 0; i < grid.elementCount(); ++i) {
            int64_t rest = i / static_cast<int64_t>(axes);
            for (auto axis = i % static_cast<int64_t>(axes); axis > 0; --axis)
                rest /= 3;
            grid.mutableValues<float>()[static_cast<size_t>(i)] =
                static_cast<float>(rest % 3) - 1.0f;
        }
        const Shape shape(extents);
        const Tensor x = Tensor::of<float>(
            shape, normal(static_cast<size_t>(shape.elementCount()), static_cast<unsigned>(axes)));
        for (const auto padding :
             {runtime::GridSampling::Padding::Zeros, runtime::GridSampling::Padding::Border,
              runtime::GridSampling::Padding::Reflection})
            for (const int taps : {1, 2, 4}) {
                Tensor y = device->allocate(DType::Float32, shape);
                device->sampleGrid({taps, padding, true}, device->fromHost(x),
                                   device->fromHost(grid), y);
                const Tensor got = device->toHost(y);
                for (int64_t i = 0; i < x.elementCount(); ++i)
                    ASSERT_NEAR(got.values<float>()[static_cast<size_t>(i)],
                                x.values<float>()[static_cast<size_t>(i)], 1e-6)
                        << axes << " axes, " << taps << " taps, element " << i;
            }
        EXPECT_EQ(device->hostWork().calls > 0, axes == 4) << axes;
    }
}

TEST(GpuDevice, RotatesPairsOfBothLayouts) {
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    const int64_t batches = 2, positions = 7, heads = 3, size = 15, half = 6, known = 11;
    const std::vector<float> x = normal(static_cast<size_t>(batches * positions * heads * size), 3);
    const std::vector<float> cosines = normal(static_cast<size_t>(known * half), 4);
    const std::vector<float> sines = normal(static_cast<size_t>(known * half), 5);
    std::vector<int64_t> rows;
    for (int64_t i = 0; i < batches * positions; ++i)
        rows.push_back(i * 7 % known);
    for (const bool headsFirst : {false, true})
        for (const bool interleaved : {false, true}) {
            const runtime::HeadLayout layout{batches,
                                             positions,
                                             heads,
                                             size,
                                             headsFirst ? size : heads * size,
                                             headsFirst ? positions * size : size};
            Tensor y = device->allocate(DType::Float32, {std::ssize(x)});
            device->rotate({layout, half, interleaved}, rows,
                           device->fromHost(Tensor::of<float>({std::ssize(x)}, x)),
                           device->fromHost(Tensor::of<float>({known, half}, cosines)),
                           device->fromHost(Tensor::of<float>({known, half}, sines)), y);
            const Tensor got = device->toHost(y);
            for (int64_t b = 0; b < batches; ++b)
                for (int64_t p = 0; p < positions; ++p)
                    for (int64_t h = 0; h < heads; ++h) {
                        const auto start = static_cast<size_t>(
                            headsFirst ? ((b * heads + h) * positions + p) * size
                                       : ((b * positions + p) * heads + h) * size);
                        std::vector<float> wanted(
                            x.begin() + static_cast<std::ptrdiff_t>(start),
                            x.begin() + static_cast<std::ptrdiff_t>(start + 15));
                        const auto row = static_cast<size_t>(
                            rows[static_cast<size_t>(b * positions + p)] * half);
                        for (size_t i = 0; i < 6; ++i) {
                            const size_t first = interleaved ? 2 * i : i;
                            const size_t second = interleaved ? 2 * i + 1 : i + 6;
                            const float c = cosines[row + i];
                            const float s = sines[row + i];
                            wanted[first] = c * x[start + first] - s * x[start + second];
                            wanted[second] = s * x[start + first] + c * x[start + second];
                        }
                        for (size_t i = 0; i < 15; ++i)
                            ASSERT_EQ(got.values<float>()[start + i], wanted[i])
                                << headsFirst << interleaved << ' ' << i;
                    }
        }
    EXPECT_EQ(device->hostWork().calls, 0);
}

/// Values at and beside the borders of codes, and all that is special.
std::vector<float> hardToQuantize(size_t count) {
    const float special[] = {kNan,    kInfinity,  -kInfinity, 0.0f,      -0.0f,   0.5f,   1.5f,
                             2.5f,    -0.5f,      -1.5f,      1e-42f,    1e30f,   -1e30f, 127.5f,
                             -128.5f, 126.49999f, 32767.5f,   -32768.5f, 65535.5f};
    std::vector<float> values = normal(count, 6);
    for (size_t i = 0; i < count; ++i)
        values[i] = i % 3 == 0 ? special[i / 3 % std::size(special)] : values[i] * 50;
    return values;
}

template <typename T>
class Quantized : public testing::Test {};
using Integers = testing::Types<int8_t, uint8_t, int16_t, uint16_t>;
TYPED_TEST_SUITE(Quantized, Integers);

/// 31 x 33 elements in 5 planes: one scale, one for each of 31, one for each block of 8 of them.
const runtime::Granularity kGranularities[] = {
    {.inner = 5 * 31 * 33},
    {.extent = 31, .inner = 33},
    {.extent = 31, .inner = 33, .block = 8, .blocks = 4}};

/// The scale of element i, from the definition.
size_t scaleAt(size_t i, const runtime::Granularity& granularity) {
    const size_t plane = i / (31 * 33);
    const size_t row = i / 33 % 31;
    if (granularity.block > 0)
        return (plane * 4 + row / 8) * 33 + i % 33;
    return granularity.extent == 1 ? 0 : row;
}

TYPED_TEST(Quantized, IsWhatOnnxSays) {
    using T = TypeParam;
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    const std::vector<float> x = hardToQuantize(5 * 31 * 33);
    const DType type = Tensor::scalar(T(0)).type();
    for (const runtime::Granularity& granularity : kGranularities) {
        std::vector<float> scales, zeros;
        for (size_t i = 0; i < 5 * 4 * 33; ++i) {
            scales.push_back(i == 0 ? 1.0f : 0.25f * static_cast<float>(i % 7 + 1));
            zeros.push_back(static_cast<float>(i * 13 % 100));
        }
        const Tensor scale = device->fromHost(Tensor::of<float>({std::ssize(scales)}, scales));
        const Tensor zero = device->fromHost(Tensor::of<float>({std::ssize(zeros)}, zeros));
        Tensor codes = device->allocate(type, {5, 31, 33});
        device->quantize(granularity, device->fromHost(Tensor::of<float>({5, 31, 33}, x)), scale,
                         zero, codes);
        Tensor back = device->allocate(DType::Float32, {5, 31, 33});
        device->dequantize(granularity, codes, scale, zero, back);
        const Tensor gotCodes = device->toHost(codes);
        const Tensor gotBack = device->toHost(back);
        for (size_t i = 0; i < x.size(); ++i) {
            const size_t s = scaleAt(i, granularity);
            const double rounded = std::nearbyint(static_cast<double>(x[i] / scales[s]));
            const double code =
                std::isnan(rounded)
                    ? 0.0
                    : std::clamp(rounded + static_cast<double>(zeros[s]),
                                 static_cast<double>(std::numeric_limits<T>::min()),
                                 static_cast<double>(std::numeric_limits<T>::max()));
            ASSERT_EQ(static_cast<double>(gotCodes.template values<T>()[i]), code)
                << x[i] << " / " << scales[s] << " + " << zeros[s];
            ASSERT_EQ(gotBack.template values<float>()[i],
                      (static_cast<float>(code) - zeros[s]) * scales[s]);
        }
    }
    EXPECT_EQ(device->hostWork().calls, 0);
}

TEST(GpuDevice, DequantizesSumsOfProductsAsExactlyAsTheyAre) {
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    Tensor x(DType::Int32, {2001});
    for (int32_t i = 0; i < 2001; ++i)
        x.mutableValues<int32_t>()[static_cast<size_t>(i)] = 2147483647 - i;
    Tensor y = device->allocate(DType::Float32, {2001});
    device->dequantize({.inner = 2001}, device->fromHost(x), Tensor::scalar(0.5f),
                       Tensor::scalar(2147483520.0f), y);
    const Tensor got = device->toHost(y);
    for (int32_t i = 0; i < 2001; ++i)  // the zero point is 127 below the largest
        ASSERT_EQ(got.values<float>()[static_cast<size_t>(i)], 0.5f * static_cast<float>(127 - i));
    EXPECT_EQ(device->hostWork().calls, 0);
}

TEST(GpuDevice, LogSumExpNeitherOverflowsNorForgetsInfinities) {
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    Tensor x(DType::Float32, {5, 300});
    const auto values = x.mutableValues<float>();
    const float rows[5] = {1000, -1000, -kInfinity, kInfinity, kNan};
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = i / 300 < 3 ? rows[i / 300] : i % 300 == 7 ? rows[i / 300] : 0.0f;
    Tensor y = device->allocate(DType::Float32, {5});
    const size_t axes[] = {1};
    device->reduce(runtime::ReduceKind::LogSumExp, axes, device->fromHost(x), y);
    const Tensor got = device->toHost(y);
    EXPECT_NEAR(got.values<float>()[0], 1000 + std::log(300.0), 1e-3);
    EXPECT_NEAR(got.values<float>()[1], -1000 + std::log(300.0), 1e-3);
    EXPECT_EQ(got.values<float>()[2], -kInfinity);
    EXPECT_EQ(got.values<float>()[3], kInfinity);
    EXPECT_TRUE(std::isnan(got.values<float>()[4]));
    EXPECT_EQ(device->hostWork().calls, 0);
}

}  // namespace
}  // namespace clipscope::gpu
