// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/pool.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

void pool(const Queue& queue, const PoolKernel& kernel);

}  // namespace clipscope::gpu
