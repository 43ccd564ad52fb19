// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Convolutions and matrix products of 8-bit integers, exact.
namespace clipscope::runtime {

void runConvInteger(OpContext& context);
void runDynamicQuantizeMatMul(OpContext& context);
void runMatMulInteger(OpContext& context);
void runMatMulIntegerToFloat(OpContext& context);
void runQGemm(OpContext& context);
void runQLinearConv(OpContext& context);
void runQLinearMatMul(OpContext& context);

}  // namespace clipscope::runtime
