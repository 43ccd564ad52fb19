// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/tensor/dtype.h"
#include "gpu/kernels/dynamic_range.h"
#include "gpu/kernels/integer_product.h"
#include "gpu/kernels/integer_sums.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

void multiply(const Queue& queue, const IntegerProductKernel<ByteLines>& kernel);
void multiply(const Queue& queue, const IntegerProductKernel<Patches>& kernel);

/// As int32, float32, int8 or uint8 elements of y; the form's own y does not matter.
void convertSums(const Queue& queue, DType type, void* y, const ConvertSumsKernel<int32_t>& form);

void lookUp(const Queue& queue, const LookUpKernel& kernel);
/// int8 or uint8.
void addQuantized(const Queue& queue, DType type, const runtime::QuantizedSum& sum, const void* a,
                  const void* b, void* y, int64_t count);

/// How many ranges rangeOf() needs to work with.
int64_t rangesFor(const Queue& queue, int64_t count);
/// The scale and zero point (twice) of x over its own range.
void dynamicScale(const Queue& queue, const float* x, int64_t count, RangeWithZero* ranges,
                  float* scale, float* zero, uint8_t* zeroPoint);

}  // namespace clipscope::gpu
