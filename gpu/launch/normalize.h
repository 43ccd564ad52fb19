// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/normalize.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

void scaleShift(const Queue& queue, const ScaleShiftKernel& kernel);
void softmax(const Queue& queue, const SoftmaxRowsKernel& kernel);
void softmax(const Queue& queue, const SoftmaxColumnsKernel& kernel);
void layerNormalize(const Queue& queue, const LayerNormalizeKernel& kernel);

}  // namespace clipscope::gpu
