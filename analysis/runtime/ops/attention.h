// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

void runAttention(OpContext& context);
void runRotaryEmbedding(OpContext& context);

}  // namespace clipscope::runtime
