// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Operators that move elements by a rule that does not depend on them.
namespace clipscope::runtime {

void runConcat(OpContext& context);
void runDepthToSpace(OpContext& context);
void runExpand(OpContext& context);
void runPad(OpContext& context);
void runSlice(OpContext& context);
void runSpaceToDepth(OpContext& context);
void runSplit(OpContext& context);
void runTile(OpContext& context);
void runTranspose(OpContext& context);

}  // namespace clipscope::runtime
