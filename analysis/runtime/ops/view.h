// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Operators whose output is the input's memory under another shape.
namespace clipscope::runtime {

void runDropout(OpContext& context);
void runFlatten(OpContext& context);
void runIdentity(OpContext& context);
void runReshape(OpContext& context);
void runSqueeze(OpContext& context);
void runUnsqueeze(OpContext& context);

}  // namespace clipscope::runtime
