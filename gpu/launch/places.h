// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/rotate.h"
#include "gpu/kernels/sample_grid.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

void rotate(const Queue& queue, const RotateKernel& kernel);
void sampleGrid(const Queue& queue, const SampleGridKernel& kernel);

}  // namespace clipscope::gpu
