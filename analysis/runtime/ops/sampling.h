// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Operators that read images at computed places.
namespace clipscope::runtime {

void runAffineGrid(OpContext& context);
void runDeformConv(OpContext& context);
void runGridSample(OpContext& context);
void runRoiAlign(OpContext& context);

}  // namespace clipscope::runtime
