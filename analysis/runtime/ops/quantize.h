// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Between floats and the types of 16 bits and fewer that stand for them.
namespace clipscope::runtime {

void runQuantizeLinear(OpContext& context);
void runDequantizeLinear(OpContext& context);
void runDynamicQuantizeLinear(OpContext& context);

}  // namespace clipscope::runtime
