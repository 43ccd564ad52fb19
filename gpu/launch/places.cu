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

void alignRegions(const Queue& queue, const RegionsKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.count, RegionsKernel::kThreads, 1));
    if (kernel.needsWarps())
        launch(queue, LargeRegionsKernel{kernel},
               blocksFor(queue, kernel.count * kWarp, LargeRegionsKernel::kThreads, 1));
}

void deformColumns(const Queue& queue, const DeformKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.count(), DeformKernel::kThreads, 1));
}

}  // namespace clipscope::gpu
