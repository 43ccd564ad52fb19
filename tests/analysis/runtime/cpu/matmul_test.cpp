// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {
namespace {

Tensor counting(const Shape& shape) {
    Tensor tensor(DType::Float32, shape);
    float value = -2;
    for (float& element : tensor.mutableValues<float>())
        element = value += 0.25f;
    return tensor;
}

TEST(Matmul, TransposesInsideBatches) {
    const Tensor a = counting({2, 3, 2});  // op(a): 2 x 3 in each batch
    const Tensor b = counting({2, 4, 3});  // op(b): 3 x 4
    Tensor y(DType::Float32, {2, 2, 4});
    MatmulParameters parameters;
    parameters.transposeA = parameters.transposeB = true;
    NodeState state;
    CpuDevice().matmul(parameters, a, b, nullptr, y, state);
    const auto from = [](const Tensor& t, size_t i) { return t.values<float>()[i]; };
    for (size_t n = 0; n < 2; ++n)
        for (size_t r = 0; r < 2; ++r)
            for (size_t c = 0; c < 4; ++c) {
                float sum = 0;
                for (size_t k = 0; k < 3; ++k)
                    sum += from(a, (n * 3 + k) * 2 + r) * from(b, (n * 4 + c) * 3 + k);
                EXPECT_FLOAT_EQ(from(y, (n * 2 + r) * 4 + c), sum);
            }
}

TEST(Matmul, WithoutInnerElementsLeavesTheBias) {
    Tensor y(DType::Float32, {2, 3});
    const Tensor bias = counting({1, 3});
    MatmulParameters parameters;
    parameters.beta = 2;
    NodeState state;
    CpuDevice().matmul(parameters, Tensor(DType::Float32, {2, 0}), Tensor(DType::Float32, {0, 3}),
                       &bias, y, state);
    for (size_t i = 0; i < 6; ++i)
        EXPECT_EQ(y.values<float>()[i], 2 * bias.values<float>()[i % 3]);
}

TEST(Matmul, FollowsABiasThatComesAndGoes) {
    const Tensor a = counting({2, 2});
    const Tensor b = counting({2, 3});
    const Tensor bias = counting({3});
    Tensor with(DType::Float32, {2, 3});
    Tensor without(DType::Float32, {2, 3});
    NodeState state;
    CpuDevice().matmul({}, a, b, &bias, with, state);
    CpuDevice().matmul({}, a, b, nullptr, without, state);
    for (size_t i = 0; i < 6; ++i)
        EXPECT_EQ(with.values<float>()[i],
                  without.values<float>()[i] + bias.values<float>()[i % 3]);
}

}  // namespace
}  // namespace clipscope::runtime
