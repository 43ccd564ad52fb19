// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Sums of products of 8-bit integers less their zero points, exact, as integer convolutions and
/// matrix products have them.
namespace clipscope::runtime {

/// The inputs of a node that an operand and its zero point (which may be absent) are.
struct IntegerOperand {
    const Tensor& values;
    const Tensor* zeroPoint = nullptr;  ///< one, or one for each row of a or column of b
    bool isConstant = false;

    IntegerOperand(const OpContext& context, size_t input, size_t zeroPointInput);
    IntegerOperand(const Tensor& given, const Tensor* zero) : values(given), zeroPoint(zero) {}
};

struct IntegerSums {
    Tensor values;  ///< int32; a convolution's lie channels last
    /// What is still to be added, by index of the axis whose elements are neighbours.
    std::vector<int32_t> offsets;
};

/// x convolved with the weights, with the node's attributes.
IntegerSums convolvedIntegers(OpContext& context, const IntegerOperand& x,
                              const IntegerOperand& weights);

/// op(a) op(b); Error(Unsupported) for sums that int32 might not hold.
IntegerSums multipliedIntegers(OpContext& context, const IntegerOperand& a, const IntegerOperand& b,
                               bool transposeA = false, bool transposeB = false);

}  // namespace clipscope::runtime
