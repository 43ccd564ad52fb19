// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Operators whose output depends on attributes, shapes or a few numbers only.
namespace clipscope::runtime {

void runConstant(OpContext& context);
void runConstantOfShape(OpContext& context);
void runEyeLike(OpContext& context);
void runShape(OpContext& context);
void runSize(OpContext& context);

// On the host:
void runRange(OpContext& context);

}  // namespace clipscope::runtime
