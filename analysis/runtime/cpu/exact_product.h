// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>

#include "analysis/runtime/device.h"

/// Products of 8-bit integers in float32, exact: for processors and forms that have none of their
/// own (cpu/int8_products.h).
namespace clipscope::runtime {

/// An operand less its zero point (null: 0): integers of at most 255 as float32. One zero point, or
/// one for each index of `zeroAxis`. Throws Error(Unsupported) for what is no 8-bit integer and
/// Error(BadInput) for zero points that do not fit.
Tensor centeredIntegers(const Tensor& x, const Tensor* zeroPoint, size_t zeroAxis);

/// What a device keeps for each product that exactProduct makes; their order depends on the shape
/// of the second operand only.
using ExactProductStates = std::array<NodeState, 4>;  // both operands in two parts

using FloatProduct = std::function<Tensor(const Tensor& a, const Tensor& b, NodeState& state)>;

/// product(a, b), bilinear, of what centeredIntegers gives, in sums of `terms` terms; int32, which
/// wraps. Throws Error(Unsupported) for 65,536 terms and more.
Tensor exactProduct(const Tensor& a, const Tensor& b, int64_t terms, ExactProductStates& states,
                    const FloatProduct& product);

}  // namespace clipscope::runtime
