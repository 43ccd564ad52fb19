// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/count.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

/// Counts the values at `x`, in device memory, for `stored`, and takes their ranges. The counts
/// of the table must be 0 and are afterwards; its epoch must be new.
void count(const Queue& queue, const float* x, const ObservedLayout& layout,
           const CountTable& table, const ObservedRanges& ranges, StoredHistogram* stored);

/// Counts the finite |x| into `n` equal bins over [0, amax]; `edges` are n + 1.
void countExact(const Queue& queue, const float* x, int64_t count, const float* edges, int64_t n,
                double amax, uint64_t* bins);

}  // namespace clipscope::gpu
