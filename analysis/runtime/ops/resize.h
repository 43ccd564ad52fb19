// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

void runResize(OpContext& context);
void runUpsample(OpContext& context);

}  // namespace clipscope::runtime
