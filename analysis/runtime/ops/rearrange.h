// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Rarer operators that put elements elsewhere.
namespace clipscope::runtime {

void runCenterCropPad(OpContext& context);
void runCol2Im(OpContext& context);
void runMaxUnpool(OpContext& context);
void runReverseSequence(OpContext& context);
void runTensorScatter(OpContext& context);

}  // namespace clipscope::runtime
