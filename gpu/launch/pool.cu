// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch.h"
#include "gpu/launch/pool.h"

namespace clipscope::gpu {

void pool(const Queue& queue, const PoolKernel& kernel) {
    launch(queue, kernel, blocksFor(queue, kernel.count, PoolKernel::kThreads, 1));
}

}  // namespace clipscope::gpu
