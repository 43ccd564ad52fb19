// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Operators that pick or place elements by an integer input. Negative indices count from the end;
/// one outside the axis is Error(BadInput).
namespace clipscope::runtime {

void runGather(OpContext& context);

// On the host:
void runGatherElements(OpContext& context);
void runGatherND(OpContext& context);
void runScatterElements(OpContext& context);
void runScatterND(OpContext& context);

}  // namespace clipscope::runtime
