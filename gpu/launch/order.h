// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/tensor/dtype.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

// Each is false, with nothing launched, where there is no kernel for the type.

/// Sums along an axis of `length` elements `stride` apart, for outer x stride `lines`.
bool cumulate(const Queue& queue, DType type, const void* x, void* y, int64_t lines, int64_t length,
              int64_t stride, bool exclusive, bool reverse);

/// Elements of an order that selectTop() works with: a power of two for each line.
int64_t paddedLength(int64_t length);

/// The first k elements of each such line; `order` are lines x paddedLength(length) to work with.
bool selectTop(const Queue& queue, DType type, bool largest, const void* x, int64_t lines,
               int64_t length, int64_t stride, int64_t k, int32_t* order, void* values,
               int64_t* indices);

}  // namespace clipscope::gpu
