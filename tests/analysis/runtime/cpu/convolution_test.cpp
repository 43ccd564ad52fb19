// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {
namespace {

Tensor randomTensor(const Shape& shape, unsigned seed) {
    Tensor tensor(DType::Float32, shape);
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    for (float& value : tensor.mutableValues<float>())
        value = normal(random);
    return tensor;
}

ConvolutionParameters padded(int64_t pad, int64_t groups) {
    ConvolutionParameters parameters;
    parameters.strides = parameters.dilations = {1, 1};
    parameters.padsBegin = parameters.padsEnd = {pad, pad};
    parameters.groups = groups;
    parameters.weightsAreConstant = true;
    return parameters;
}

/// From the definition, in float64; stride 1, a square kernel.
std::vector<double> bruteForce(const Tensor& x, const Tensor& w, int64_t pad, int64_t groups) {
    const Shape& xs = x.shape();
    const Shape& ws = w.shape();
    const int64_t rows = xs[2] + 2 * pad - ws[2] + 1;
    const int64_t columns = xs[3] + 2 * pad - ws[3] + 1;
    std::vector<double> y;
    for (int64_t n = 0; n < xs[0]; ++n)
        for (int64_t o = 0; o < ws[0]; ++o)
            for (int64_t r = 0; r < rows; ++r)
                for (int64_t c = 0; c < columns; ++c) {
                    double sum = 0;
                    for (int64_t i = 0; i < ws[1]; ++i)
                        for (int64_t a = 0; a < ws[2]; ++a)
                            for (int64_t b = 0; b < ws[3]; ++b) {
                                const int64_t v = r + a - pad;
                                const int64_t h = c + b - pad;
                                const int64_t channel = o / (ws[0] / groups) * ws[1] + i;
                                if (v < 0 || v >= xs[2] || h < 0 || h >= xs[3])
                                    continue;
                                const auto at = static_cast<size_t>(
                                    ((n * xs[1] + channel) * xs[2] + v) * xs[3] + h);
                                const auto of =
                                    static_cast<size_t>(((o * ws[1] + i) * ws[2] + a) * ws[3] + b);
                                sum += static_cast<double>(x.values<float>()[at]) *
                                       static_cast<double>(w.values<float>()[of]);
                            }
                    y.push_back(sum);
                }
    return y;
}

void expectNear(const Tensor& y, const std::vector<double>& expected) {
    double largest = 0;
    for (const double value : expected)
        largest = std::max(largest, std::abs(value));
    ASSERT_EQ(static_cast<size_t>(y.elementCount()), expected.size());
    for (size_t i = 0; i < expected.size(); ++i)
        ASSERT_NEAR(static_cast<double>(y.values<float>()[i]), expected[i], 5e-6 * largest)
            << "element " << i;
}

/// y, row-major, from row-major x that is computed in that layout.
Tensor convolved(Layout layout, int64_t pad, int64_t groups, const Tensor& x, const Tensor& w,
                 NodeState& state) {
    CpuDevice device;
    const Shape shape{x.shape()[0], w.shape()[0], x.shape()[2] + 2 * pad - w.shape()[2] + 1,
                      x.shape()[3] + 2 * pad - w.shape()[3] + 1};
    Tensor y(DType::Float32, shape);
    y.setLayout(layout);
    device.convolve(padded(pad, groups),
                    layout == Layout::ChannelsLast ? toChannelsLast(device, x) : x, w, nullptr, y,
                    state);
    return toRowMajor(device, y);
}

constexpr std::array kLayouts{Layout::RowMajor, Layout::ChannelsLast};

void expectConvolves(int64_t pad, int64_t groups, const Tensor& x, const Tensor& w,
                     NodeState& state) {
    const std::vector<double> expected = bruteForce(x, w, pad, groups);
    for (const Layout layout : kLayouts)
        expectNear(convolved(layout, pad, groups, x, w, state), expected);
}

TEST(Convolution, KeepsItsStateOverChangingShapes) {
    const Tensor w = randomTensor({32, 16, 3, 3}, 1);
    NodeState state;
    for (int round = 0; round < 2; ++round)
        for (const int64_t size : {5, 7, 13, 15, 9, 11, 6, 8, 10, 12})  // more than are kept
            expectConvolves(1, 1, randomTensor({2, 16, size, size + 1}, 2), w, state);
}

TEST(Convolution, MultipliesMatricesInThePlainLayout) {
    const Tensor w = randomTensor({17, 31, 1, 1}, 1);
    NodeState state;
    expectConvolves(0, 1, randomTensor({2, 31, 15, 13}, 2), w, state);
    expectConvolves(0, 1, randomTensor({2, 31, 3, 2}, 2), w, state);
}

TEST(Convolution, TakesNewWeightsThatLieElsewhere) {
    NodeState state;
    const Tensor x = randomTensor({1, 16, 7, 7}, 3);
    const Tensor first = randomTensor({16, 16, 3, 3}, 4);
    const Tensor second = randomTensor({16, 16, 3, 3}, 5);
    expectConvolves(1, 1, x, first, state);
    expectConvolves(1, 1, x, second, state);
}

TEST(Convolution, DenseKernelsOf3x3AtAnySize) {
    NodeState state;
    const Tensor w = randomTensor({48, 32, 3, 3}, 8);
    for (const int64_t pad : {0, 1, 2})
        for (const int64_t batch : {1, 3})
            expectConvolves(pad, 1, randomTensor({batch, 32, 4 + pad, 17}, 9), w, state);
    NodeState unevenState;
    expectConvolves(1, 1, randomTensor({1, 21, 10, 6}, 10), randomTensor({37, 21, 3, 3}, 11),
                    unevenState);
}

TEST(Convolution, OfASampleIsTheSameBesideOthers) {
    const Tensor w = randomTensor({64, 64, 3, 3}, 14);
    const Tensor x = randomTensor({8, 64, 28, 28}, 15);
    NodeState state;
    const Tensor together = convolved(Layout::ChannelsLast, 1, 1, x, w, state);
    for (int64_t i = 0; i < x.shape()[0]; ++i) {
        const Tensor alone = convolved(Layout::ChannelsLast, 1, 1, x.rows(i, i + 1), w, state);
        ASSERT_TRUE(
            std::ranges::equal(alone.values<float>(), together.rows(i, i + 1).values<float>()))
            << "sample " << i;
    }
}

TEST(Convolution, IsTheSameOnAnyNumberOfThreads) {
    struct Case {
        int64_t channels, outputs, size;
    };
    for (const auto [channels, outputs, size] :
         {Case{64, 80, 56}, Case{32, 32, 112}, Case{64, 16, 112}, Case{112, 48, 80},
          Case{128, 80, 25}, Case{128, 128, 28}, Case{256, 64, 14}, Case{144, 64, 32}}) {
        const Tensor w = randomTensor({outputs, channels, 3, 3}, 16);
        const Tensor x = randomTensor({1, channels, size, size}, 17);
        std::vector<Tensor> results;
        for (const int threads : {1, 2, 3, 4}) {
            const ThreadCountScope scope(threads);
            NodeState state;
            const Tensor& y =
                results.emplace_back(convolved(Layout::ChannelsLast, 1, 1, x, w, state));
            ASSERT_TRUE(std::ranges::equal(y.values<float>(), results.front().values<float>()))
                << channels << " channels, " << size << " x " << size << ", " << threads;
        }
        NodeState direct;
        expectNear(results.front(), toDoubles(convolved(Layout::RowMajor, 1, 1, x, w, direct)));
    }
}

TEST(Convolution, WhatIsNotFiniteReachesWhatReadsItOnly) {
    constexpr int64_t kSize = 24;
    const Tensor w = randomTensor({48, 48, 3, 3}, 12);
    NodeState state;
    const Tensor plain = randomTensor({1, 48, kSize, kSize}, 13);
    expectConvolves(1, 1, plain, w, state);
    Tensor x = randomTensor(plain.shape(), 13);
    constexpr int64_t kRow = 3;
    constexpr int64_t kColumn = 5;
    x.mutableValues<float>()[kRow * kSize + kColumn] = std::numeric_limits<float>::infinity();
    const Tensor y = convolved(Layout::ChannelsLast, 1, 1, x, w, state);
    const std::vector<double> expected = bruteForce(plain, w, 1, 1);
    for (int64_t i = 0; i < y.elementCount(); ++i) {
        const int64_t row = i / kSize % kSize;
        const int64_t column = i % kSize;
        const bool reads = std::abs(row - kRow) <= 1 && std::abs(column - kColumn) <= 1;
        const auto value = static_cast<double>(y.values<float>()[static_cast<size_t>(i)]);
        ASSERT_EQ(std::isinf(value), reads) << "element " << i;
        if (reads)
            continue;
        ASSERT_NEAR(value, expected[static_cast<size_t>(i)], 1e-4) << "element " << i;
    }
    expectConvolves(1, 1, plain, w, state);  // afterwards as before
}

TEST(Convolution, KernelsOfOneElementSkipPositions) {
    CpuDevice device;
    const Tensor x = randomTensor({2, 21, 9, 14}, 18);
    const Tensor w = randomTensor({17, 21, 1, 1}, 19);
    const std::vector<double> all = bruteForce(x, w, 0, 1);
    ConvolutionParameters parameters = padded(0, 1);
    parameters.strides = {2, 3};
    constexpr int64_t kRows = 5;
    constexpr int64_t kColumns = 5;
    std::vector<double> expected;
    for (int64_t plane = 0; plane < 2 * 17; ++plane)
        for (int64_t row = 0; row < kRows; ++row)
            for (int64_t column = 0; column < kColumns; ++column)
                expected.push_back(
                    all[static_cast<size_t>((plane * 9 + row * 2) * 14 + column * 3)]);
    for (const Layout layout : kLayouts) {
        NodeState state;
        Tensor y(DType::Float32, {2, 17, kRows, kColumns});
        y.setLayout(layout);
        device.convolve(parameters, layout == Layout::ChannelsLast ? toChannelsLast(device, x) : x,
                        w, nullptr, y, state);
        expectNear(toRowMajor(device, y), expected);
    }
}

TEST(Convolution, OfNoChannelsIsRefused) {
    ConvolutionParameters parameters = padded(0, 1);
    parameters.strides = {2, 2};
    for (const Layout layout : kLayouts) {
        NodeState state;
        Tensor x(DType::Float32, {1, 0, 3, 3});
        x.setLayout(layout);
        Tensor y(DType::Float32, {1, 2, 2, 2});
        y.setLayout(layout);
        EXPECT_THROW(CpuDevice().convolve(parameters, x, Tensor(DType::Float32, {2, 0, 1, 1}),
                                          nullptr, y, state),
                     Error);
    }
}

TEST(Convolution, GroupsOfOddSizes) {
    NodeState state;
    expectConvolves(1, 3, randomTensor({1, 39, 6, 5}, 6), randomTensor({15, 13, 3, 3}, 7), state);
}

TEST(Convolution, RefusesOtherTypesByName) {
    Tensor x(DType::Float64, {1, 1, 3, 3});
    Tensor y(DType::Float64, {1, 1, 3, 3});
    NodeState state;
    try {
        CpuDevice().convolve(padded(0, 1), x, Tensor(DType::Float64, {1, 1, 1, 1}), nullptr, y,
                             state);
        FAIL() << "float64 was taken";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Unsupported);
        EXPECT_NE(std::string(error.what()).find("float64"), std::string::npos);
    }
}

}  // namespace
}  // namespace clipscope::runtime
