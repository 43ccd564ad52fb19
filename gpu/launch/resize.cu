// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch.h"
#include "gpu/launch/resize.h"

namespace clipscope::gpu {

void resize(const Queue& queue, const ResizeKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.count, ResizeKernel::kThreads));
}

}  // namespace clipscope::gpu
