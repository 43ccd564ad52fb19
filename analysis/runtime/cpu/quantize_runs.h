// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "analysis/tensor/dtype.h"

/// Runs of elements under one scale, between float32 and integers (functors/quantize.h).
namespace clipscope::runtime {

using QuantizeRun = void (*)(const float* x, float zero, float scale, std::byte* y, int64_t count);
using DequantizeRun = void (*)(const std::byte* x, float zero, float scale, float* y,
                               int64_t count);

/// To integers of 8 and 16 bits, and from those, int32 and float32; null for other types.
QuantizeRun quantizeRunOf(DType type);
DequantizeRun dequantizeRunOf(DType type);

struct FloatRange {
    float low = 0;
    float high = 0;
};

/// The least and the greatest element, extended to 0; NaN do not count.
FloatRange rangeWithZero(const float* x, int64_t count);

}  // namespace clipscope::runtime
