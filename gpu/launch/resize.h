// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/resize.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

void resize(const Queue& queue, const ResizeKernel& kernel);

}  // namespace clipscope::gpu
