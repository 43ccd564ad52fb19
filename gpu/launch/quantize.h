// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/granularity.h"
#include "analysis/tensor/dtype.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

/// float32 x to `to`, or x of `from` to float32 where that is `to`. False, with nothing launched,
/// where there is no kernel for the types.
bool quantize(const Queue& queue, DType from, const void* x, DType to, void* y, int64_t count,
              const runtime::Granularity& granularity, const float* scales,
              const float* zeroPoints);

}  // namespace clipscope::gpu
