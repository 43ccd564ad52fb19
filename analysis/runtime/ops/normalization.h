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

/// x (batch x channels x spatial) normalised in `groups` equal groups of channels, then each
/// channel scaled and shifted.
Tensor groupNormalized(Device& device, const Tensor& x, int64_t groups, float epsilon,
                       const Tensor& scale, const Tensor& bias);

}  // namespace clipscope::runtime
