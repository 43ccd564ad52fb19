// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

void runDynamicQuantizeLstm(OpContext& context);
void runGru(OpContext& context);
void runLstm(OpContext& context);
void runRnn(OpContext& context);

}  // namespace clipscope::runtime
