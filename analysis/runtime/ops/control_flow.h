// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Operators that run the bodies of their node.
namespace clipscope::runtime {

void runIf(OpContext& context);
void runLoop(OpContext& context);
void runScan(OpContext& context);

}  // namespace clipscope::runtime
