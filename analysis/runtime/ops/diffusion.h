// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// The domain com.microsoft: what ONNX Runtime's optimiser makes of diffusion models.
namespace clipscope::runtime {

void runBiasAdd(OpContext& context);
void runBiasSplitGelu(OpContext& context);
void runGroupNorm(OpContext& context);
void runNhwcConv(OpContext& context);
void runSkipGroupNorm(OpContext& context);

}  // namespace clipscope::runtime
