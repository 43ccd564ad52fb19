// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

PoolParameters window(PoolKind kind, int64_t kernel, int64_t pad) {
    PoolParameters parameters;
    parameters.kind = kind;
    parameters.kernel = {kernel};
    parameters.strides = parameters.dilations = {1};
    parameters.padsBegin = parameters.padsEnd = {pad};
    return parameters;
}

std::vector<float> pooled(const PoolParameters& parameters, const std::vector<float>& values) {
    const auto count = static_cast<int64_t>(values.size());
    const Tensor x = Tensor::of<float>({1, 1, count}, values);
    Tensor y(DType::Float32, {1, 1, count + 2 * parameters.padsEnd[0] - parameters.kernel[0] + 1});
    NodeState state;
    CpuDevice().pool(parameters, x, y, state);
    return {y.values<float>().begin(), y.values<float>().end()};
}

TEST(MaxPool, KeepsNotANumberInEveryWindowThatHoldsIt) {
    const float nan = std::nanf("");
    const std::vector<float> y = pooled(window(PoolKind::Max, 2, 0), {1, nan, 3, 4, nan});
    ASSERT_EQ(y.size(), 4u);
    EXPECT_TRUE(std::isnan(y[0]));
    EXPECT_TRUE(std::isnan(y[1]));
    EXPECT_EQ(y[2], 4);
    EXPECT_TRUE(std::isnan(y[3]));
}

TEST(MaxPool, PadsAreBelowEveryNumber) {
    const std::vector<float> expected = {-7, -5, -5, -6};
    EXPECT_EQ(pooled(window(PoolKind::Max, 2, 1), {-7, -5, -6}), expected);
    EXPECT_EQ(pooled(window(PoolKind::Max, 2, 0), {-kInfinity, -kInfinity}),
              std::vector<float>{-kInfinity});
}

TEST(AveragePool, CountsPadsOrNot) {
    const std::vector<float> including = {1, 3, 5, 3};
    const std::vector<float> excluding = {2, 3, 5, 6};
    EXPECT_EQ(pooled(window(PoolKind::AverageIncludingPads, 2, 1), {2, 4, 6}), including);
    EXPECT_EQ(pooled(window(PoolKind::AverageExcludingPads, 2, 1), {2, 4, 6}), excluding);
}

TEST(AveragePool, DoesNotCountWhatCeilModeAdds) {
    PoolParameters parameters = window(PoolKind::AverageIncludingPads, 2, 1);
    parameters.countedPadsEnd = {0};
    const std::vector<float> expected = {1, 3, 5, 6};
    EXPECT_EQ(pooled(parameters, {2, 4, 6}), expected);
}

TEST(Pool, RefusesOtherTypesByName) {
    const Tensor x(DType::Int32, {1, 1, 4});
    Tensor y(DType::Int32, {1, 1, 3});
    NodeState state;
    EXPECT_THROW(CpuDevice().pool(window(PoolKind::Max, 2, 0), x, y, state), Error);
}

}  // namespace
}  // namespace clipscope::runtime
