// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch.h"
#include "gpu/launch/normalize.h"

namespace clipscope::gpu {

void scaleShift(const Queue& queue, const ScaleShiftKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.count, ScaleShiftKernel::kThreads));
}

void softmax(const Queue& queue, const SoftmaxRowsKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.rows * kWarp, SoftmaxRowsKernel::kThreads, 1));
}

void softmax(const Queue& queue, const SoftmaxColumnsKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.columns, SoftmaxColumnsKernel::kThreads, 1));
}

void layerNormalize(const Queue& queue, const LayerNormalizeKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.rows * kWarp, LayerNormalizeKernel::kThreads, 1));
}

}  // namespace clipscope::gpu
