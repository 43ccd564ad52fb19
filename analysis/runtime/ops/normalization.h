// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

void runBatchNormalization(OpContext& context);
void runGroupNormalization(OpContext& context);
void runInstanceNormalization(OpContext& context);
void runLayerNormalization(OpContext& context);
void runLpNormalization(OpContext& context);
void runLrn(OpContext& context);
void runMeanVarianceNormalization(OpContext& context);
void runRmsNormalization(OpContext& context);

}  // namespace clipscope::runtime
