// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/winograd.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {
namespace {

std::vector<float> normal(int64_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> distribution;
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values)
        value = distribution(random);
    return values;
}

/// H x W x outputs from H x W x inputs, from the definition, in float64.
std::vector<double> bruteForce(const TileGrid& grid, const std::vector<float>& x, int64_t inputs,
                               const std::vector<float>& kernels, const std::vector<float>& bias) {
    const auto outputs = static_cast<int64_t>(bias.size());
    std::vector<double> y;
    for (int64_t row = 0; row < grid.yHeight; ++row)
        for (int64_t column = 0; column < grid.yWidth; ++column)
            for (int64_t output = 0; output < outputs; ++output) {
                double sum = static_cast<double>(bias[static_cast<size_t>(output)]);
                for (int64_t tap = 0; tap < 9; ++tap) {
                    const int64_t v = row + tap / 3 - grid.padTop;
                    const int64_t h = column + tap % 3 - grid.padLeft;
                    if (v < 0 || v >= grid.xHeight || h < 0 || h >= grid.xWidth)
                        continue;
                    for (int64_t i = 0; i < inputs; ++i)
                        sum += static_cast<double>(
                                   x[static_cast<size_t>((v * grid.xWidth + h) * inputs + i)]) *
                               static_cast<double>(
                                   kernels[static_cast<size_t>((output * inputs + i) * 9 + tap)]);
                }
                y.push_back(sum);
            }
    return y;
}

/// Values of tiles at the points.
struct Points {
    PointSteps steps;
    std::vector<float> values;

    Points(const TileGrid& grid, int64_t tiles, const PointSteps& given)
        : steps(given),
          values(static_cast<size_t>(tiles * given.tile + grid.points() * given.point), NAN) {}
    float& at(int64_t tile, int64_t point, int64_t channel) {
        return values[static_cast<size_t>(tile * steps.tile + point * steps.point + channel)];
    }
};

/// y at the points from x and the kernels there, in float64 and rounded once.
void multiply(const TileGrid& grid, int64_t tiles, Points& x, int64_t inputs,
              const std::vector<float>& kernels, int64_t outputs, Points& y) {
    for (int64_t point = 0; point < grid.points(); ++point)
        for (int64_t tile = 0; tile < tiles; ++tile)
            for (int64_t output = 0; output < outputs; ++output) {
                double sum = 0;
                for (int64_t i = 0; i < inputs; ++i)
                    sum +=
                        static_cast<double>(x.at(tile, point, i)) *
                        static_cast<double>(
                            kernels[static_cast<size_t>((point * inputs + i) * outputs + output)]);
                y.at(tile, point, output) = static_cast<float>(sum);
            }
}

void expectNear(const std::vector<float>& y, const std::vector<double>& expected) {
    double largest = 0;
    for (const double value : expected)
        largest = std::max(largest, std::abs(value));
    ASSERT_EQ(y.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i)
        ASSERT_NEAR(static_cast<double>(y[i]), expected[i], 5e-6 * largest) << "element " << i;
}

struct TilesCase {
    int64_t tile;
    int64_t xHeight, xWidth;
    int64_t padTop, padLeft, padBottom, padRight;
    int64_t inputs, outputs;
};

class WinogradTiles : public testing::TestWithParam<TilesCase> {};

TEST_P(WinogradTiles, ConvolveInPassesAndBothLayouts) {
    const TilesCase& given = GetParam();
    const TileGrid grid{given.tile,
                        given.xHeight,
                        given.xWidth,
                        given.xHeight + given.padTop + given.padBottom - 2,
                        given.xWidth + given.padLeft + given.padRight - 2,
                        given.padTop,
                        given.padLeft};
    const auto x = normal(given.xHeight * given.xWidth * given.inputs, 1);
    const auto kernels = normal(given.outputs * given.inputs * 9, 2);
    const auto bias = normal(given.outputs, 3);
    std::vector<std::byte> unaligned(kernels.size() * sizeof(float) + 1);
    std::memcpy(unaligned.data() + 1, kernels.data(), kernels.size() * sizeof(float));
    std::vector<float> kernelPoints(
        static_cast<size_t>(grid.points() * given.inputs * given.outputs));
    kernelsToPoints(given.tile, unaligned.data() + 1, given.outputs, given.inputs,
                    kernelPoints.data());
    const auto expected = bruteForce(grid, x, given.inputs, kernels, bias);
    for (const bool tilesTogether : {false, true})
        for (const int64_t rows : {grid.tiles(), (grid.tiles() + 1) / 2}) {
            const auto pointsOf = [&](int64_t channels) {
                const PointSteps steps = tilesTogether
                                             ? PointSteps{channels, rows * channels + 3}
                                             : PointSteps{grid.points() * channels, channels};
                return Points(grid, rows, steps);
            };
            std::vector<float> y(expected.size(), NAN);
            for (int64_t first = 0; first < grid.tiles(); first += rows) {
                const int64_t count = std::min(rows, grid.tiles() - first);
                Points from = pointsOf(given.inputs);
                Points to = pointsOf(given.outputs);
                toPoints(grid, x.data(), given.inputs, first, count, from.steps,
                         from.values.data());
                multiply(grid, count, from, given.inputs, kernelPoints, given.outputs, to);
                fromPoints(grid, to.values.data(), to.steps, bias.data(), given.outputs, first,
                           count, y.data());
            }
            expectNear(y, expected);
        }
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, WinogradTiles,
    testing::Values(TilesCase{2, 8, 8, 1, 1, 1, 1, 16, 16}, TilesCase{4, 8, 8, 1, 1, 1, 1, 16, 16},
                    TilesCase{2, 7, 10, 0, 0, 0, 0, 21, 37},
                    TilesCase{4, 7, 10, 0, 0, 0, 0, 21, 37}, TilesCase{2, 5, 3, 2, 0, 1, 3, 32, 17},
                    TilesCase{4, 5, 3, 2, 0, 1, 3, 32, 17}, TilesCase{2, 1, 1, 1, 1, 1, 1, 16, 16},
                    TilesCase{4, 1, 1, 1, 1, 1, 1, 16, 16},
                    TilesCase{4, 13, 14, 3, 4, 5, 6, 40, 24}));

ConvolutionParameters padded() {
    ConvolutionParameters parameters;
    parameters.strides = parameters.dilations = parameters.padsBegin = parameters.padsEnd = {1, 1};
    parameters.weightsAreConstant = true;
    return parameters;
}

/// N x C x H x W with channels last, not yet written.
Tensor channelsLast(const Shape& shape) {
    Tensor tensor(DType::Float32, shape);
    tensor.setLayout(Layout::ChannelsLast);
    return tensor;
}

std::optional<WinogradConvolution> plannedFor(const ConvolutionParameters& parameters, int64_t size,
                                              int64_t inputs, int64_t outputs, int64_t kernel = 3) {
    return WinogradConvolution::planned(parameters, channelsLast({2, inputs, size, size}),
                                        Shape{outputs, inputs, kernel, kernel},
                                        channelsLast({2, outputs, size, size}));
}

TEST(Winograd, IsTakenWhereItPays) {
    EXPECT_TRUE(plannedFor(padded(), 28, 128, 128));
    EXPECT_TRUE(plannedFor(padded(), 14, 256, 256));
    EXPECT_TRUE(plannedFor(padded(), 24, 48, 48));
    EXPECT_TRUE(plannedFor(padded(), 28, 512, 512));     // in small tiles
    EXPECT_FALSE(plannedFor(padded(), 28, 1024, 1024));  // would take 64 MiB
    EXPECT_FALSE(plannedFor(padded(), 28, 16, 5000));    // so many at a time as well
    EXPECT_FALSE(plannedFor(padded(), 28, 15, 128));     // few channels
    EXPECT_FALSE(plannedFor(padded(), 28, 128, 15));
    EXPECT_FALSE(plannedFor(padded(), 4, 32, 32));  // few positions
    EXPECT_FALSE(plannedFor(padded(), 28, 128, 128, 5));
    ConvolutionParameters other = padded();
    other.strides = {2, 1};
    EXPECT_FALSE(plannedFor(other, 28, 128, 128));
    other = padded();
    other.dilations = {1, 2};
    EXPECT_FALSE(plannedFor(other, 28, 128, 128));
    other = padded();
    other.groups = 2;
    EXPECT_FALSE(plannedFor(other, 28, 128, 128));
    other = padded();
    other.weightsAreConstant = false;
    EXPECT_FALSE(plannedFor(other, 28, 128, 128));
    EXPECT_FALSE(WinogradConvolution::planned(padded(), Tensor(DType::Float32, {1, 64, 28, 28}),
                                              Shape{64, 64, 3, 3}, channelsLast({1, 64, 28, 28})));
}

}  // namespace
}  // namespace clipscope::runtime
