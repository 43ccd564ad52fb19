// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/exact_product.h"

#include <vector>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {
namespace {

/// The sum of `terms` products a b of bytes.
int32_t sumOf(int64_t terms, uint8_t a, uint8_t b) {
    CpuDevice device;
    const std::vector<uint8_t> left(static_cast<size_t>(terms), a);
    const std::vector<uint8_t> right(static_cast<size_t>(terms), b);
    ExactProductStates states;
    const Tensor sum =
        exactProduct(centeredIntegers(Tensor::of<uint8_t>({1, terms}, left), nullptr, 0),
                     centeredIntegers(Tensor::of<uint8_t>({terms, 1}, right), nullptr, 0), terms,
                     states, [&](const Tensor& x, const Tensor& y, NodeState& state) {
                         Tensor product(DType::Float32, {1, 1});
                         device.matmul({}, x, y, nullptr, product, state);
                         return product;
                     });
    return sum.values<int32_t>()[0];
}

TEST(ExactProduct, IsExactBeyondWhatFloatsHold) {
    EXPECT_EQ(sumOf(301, 255, 253), 301 * 255 * 253);
    EXPECT_EQ(sumOf(33025, 255, 255), 2147450625);
}

// 40,000 * 255 * 255 = 2,601,000,000.
TEST(ExactProduct, WrapsAsInt32Does) {
    EXPECT_EQ(sumOf(40000, 255, 255), -1693967296);
}

TEST(ExactProduct, RefusesMoreTermsThanItIsExactFor) {
    EXPECT_THROW(sumOf(65536, 1, 1), Error);
}

}  // namespace
}  // namespace clipscope::runtime
