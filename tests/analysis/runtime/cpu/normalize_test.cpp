// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/vector_math.h"

namespace clipscope::runtime {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(FastExp, IsAccurateOverTheWholeNormalRange) {
    double worst = 0;
    for (float x = -87.3f; x < 88.7f; x += 1.0f / 512) {
        const double exact = std::exp(static_cast<double>(x));
        worst = std::max(worst, std::abs(static_cast<double>(fast::exp(x)) - exact) / exact);
    }
    EXPECT_LT(worst, 2e-7);
}

TEST(FastExp, EndsRight) {
    EXPECT_EQ(fast::exp(0), 1);
    EXPECT_EQ(fast::exp(-kInfinity), 0);
    EXPECT_EQ(fast::exp(kInfinity), kInfinity);
    EXPECT_TRUE(std::isnan(fast::exp(std::nanf(""))));
    EXPECT_NEAR(fast::exp(-95.0f), std::exp(-95.0), 1.5e-45);  // a denormal
}

TEST(Softmax, OfOneFiniteValueAmongInfinities) {
    const std::vector<float> values = {-kInfinity, 2, -kInfinity};
    const Tensor x = Tensor::of<float>({1, 3}, values);
    Tensor y(DType::Float32, {1, 3});
    CpuDevice().softmax(x, 1, false, y);
    EXPECT_EQ(y.values<float>()[0], 0);
    EXPECT_EQ(y.values<float>()[1], 1);
    CpuDevice().softmax(x, 1, true, y);
    EXPECT_EQ(y.values<float>()[0], -kInfinity);
    EXPECT_EQ(y.values<float>()[1], 0);
}

TEST(Softmax, ShowsNotANumber) {
    std::vector<float> values(200, 1.0f);
    values[131] = std::nanf("");
    Tensor y(DType::Float32, {1, 200});
    CpuDevice().softmax(Tensor::of<float>({1, 200}, values), 1, false, y);
    for (const float value : y.values<float>())
        EXPECT_TRUE(std::isnan(value));
}

TEST(LayerNormalize, OfAConstantIsTheBias) {
    const std::vector<float> values(6, 1e6f);
    const std::vector<float> bias = {1, 2, 3};
    const Tensor shift = Tensor::of<float>({3}, bias);
    Tensor y(DType::Float32, {2, 3});
    CpuDevice().layerNormalize(Tensor::of<float>({2, 3}, values), 1, 1e-5f, false, nullptr, &shift,
                               y);
    for (size_t i = 0; i < 6; ++i)
        EXPECT_EQ(y.values<float>()[i], bias[i % 3]);
}

}  // namespace
}  // namespace clipscope::runtime
