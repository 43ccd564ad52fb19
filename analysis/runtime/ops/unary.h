// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

/// Operators without attributes.
template <UnaryFunction function>
void runUnary(OpContext& context) {
    const Tensor& x = context.input(0);
    const bool isTest = function == UnaryFunction::IsNaN;
    Tensor& y = context.output(0, isTest ? DType::Bool : x.type(), x.shape());
    context.device().unary(function, {}, x, y);
}

void runCelu(OpContext& context);
void runClip(OpContext& context);
void runElu(OpContext& context);
void runGelu(OpContext& context);
void runHardSigmoid(OpContext& context);
void runIsInf(OpContext& context);
void runLeakyRelu(OpContext& context);
void runSelu(OpContext& context);
void runShrink(OpContext& context);
void runSwish(OpContext& context);
void runThresholdedRelu(OpContext& context);

}  // namespace clipscope::runtime
