// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

/// The result has the operands' type.
template <BinaryFunction function>
void runBinary(OpContext& context) {
    const Tensor& a = context.input(0);
    const Tensor& b = context.input(1);
    Tensor& y = context.output(0, a.type(), broadcast(a.shape(), b.shape()));
    context.device().binary(function, a, b, y);
}

/// The result is bool.
template <BinaryFunction function>
void runComparison(OpContext& context) {
    const Tensor& a = context.input(0);
    const Tensor& b = context.input(1);
    Tensor& y = context.output(0, DType::Bool, broadcast(a.shape(), b.shape()));
    context.device().binary(function, a, b, y);
}

/// The result has the type of a.
Tensor computed(Device& device, BinaryFunction function, const Tensor& a, const Tensor& b);
Tensor added(Device& device, const Tensor& a, const Tensor& b);

/// Any number of operands, taken from left to right.
Tensor accumulated(OpContext& context, BinaryFunction function);

template <BinaryFunction function>
void runVariadic(OpContext& context) {
    context.setOutput(0, accumulated(context, function));
}

void runBitShift(OpContext& context);
void runMean(OpContext& context);
void runMod(OpContext& context);
void runPow(OpContext& context);
void runPRelu(OpContext& context);
void runWhere(OpContext& context);

}  // namespace clipscope::runtime
