// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

void runAveragePool(OpContext& context);
void runGlobalLpPool(OpContext& context);
void runLpPool(OpContext& context);
void runMaxPool(OpContext& context);
void runGlobalAveragePool(OpContext& context);
void runGlobalMaxPool(OpContext& context);

}  // namespace clipscope::runtime
