// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Operators on 8-bit operands that ONNX Runtime's quantizer writes (domain com.microsoft): their
/// operands made float32, the operator itself, its result quantized again. A tensor is three inputs
/// in a row, values, scale and zero point; a result two, scale and zero point.
namespace clipscope::runtime {

/// Those whose tensors may have their channels in the last axis.
void runMicrosoftQLinearAveragePool(OpContext& context);
void runMicrosoftQLinearConv(OpContext& context);
void runMicrosoftQLinearGlobalAveragePool(OpContext& context);
void runNhwcMaxPool(OpContext& context);

void runQLinearAdd(OpContext& context);
void runQLinearAveragePool(OpContext& context);
void runQLinearConcat(OpContext& context);
void runQLinearGlobalAveragePool(OpContext& context);
void runQLinearLeakyRelu(OpContext& context);
void runQLinearMul(OpContext& context);
void runQLinearReduceMean(OpContext& context);
void runQLinearSigmoid(OpContext& context);
void runQLinearSoftmax(OpContext& context);
void runQLinearWhere(OpContext& context);

}  // namespace clipscope::runtime
