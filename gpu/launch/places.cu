// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch.h"
#include "gpu/launch/places.h"

namespace clipscope::gpu {

void rotate(const Queue& queue, const RotateKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.count, RotateKernel::kThreads));
}

void sampleGrid(const Queue& queue, const SampleGridKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.units(), SampleGridKernel::kThreads, 1));
}

}  // namespace clipscope::gpu
