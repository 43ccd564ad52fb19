// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/deform.h"
#include "gpu/kernels/regions.h"
#include "gpu/kernels/rotate.h"
#include "gpu/kernels/sample_grid.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

void rotate(const Queue& queue, const RotateKernel& kernel);
void sampleGrid(const Queue& queue, const SampleGridKernel& kernel);
void alignRegions(const Queue& queue, const RegionsKernel& kernel);
void deformColumns(const Queue& queue, const DeformKernel& kernel);

}  // namespace clipscope::gpu
