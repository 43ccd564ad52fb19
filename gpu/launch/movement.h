// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/strided.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

/// views: from, to.
void copy(const Queue& queue, size_t elementSize, const void* x, void* y, const Strided<2>& views);

/// Every one of `count` elements becomes the one at `value`, in host memory.
void fill(const Queue& queue, size_t elementSize, const void* value, void* y, int64_t count);

/// y[o][j][r] = x[o][indices[j]][r]; indices, in device memory, lie in [0, extent).
void gather(const Queue& queue, size_t elementSize, const void* x, const int64_t* indices, void* y,
            int64_t outer, int64_t extent, int64_t chosen, int64_t run);

}  // namespace clipscope::gpu
