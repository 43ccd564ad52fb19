// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Operators that keep, find or mark elements: by a condition, an index or a diagonal.
namespace clipscope::runtime {

void runCompress(OpContext& context);
void runNonZero(OpContext& context);
void runOneHot(OpContext& context);
void runTrilu(OpContext& context);

}  // namespace clipscope::runtime
