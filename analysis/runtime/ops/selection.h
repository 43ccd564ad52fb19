// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Operators that order or choose elements.
namespace clipscope::runtime {

void runNonMaxSuppression(OpContext& context);
void runTopK(OpContext& context);
void runUnique(OpContext& context);

}  // namespace clipscope::runtime
