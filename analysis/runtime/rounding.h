// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"
#include "analysis/runtime/granularity.h"
#include "analysis/runtime/integer_sums.h"

namespace clipscope::runtime {

/// float32 x as 8 bits over its own range stand for it.
inline Tensor roundedTo8Bits(Device& device, const Tensor& x) {
    const QuantizedTensor narrow = device.quantizeDynamically(x);
    Tensor zero = device.allocate(DType::Float32, {});
    device.cast(narrow.zeroPoint, zero);
    Tensor y = device.allocate(DType::Float32, x.shape());
    device.dequantize({.inner = x.elementCount()}, narrow.values, narrow.scale, zero, y);
    return y;
}

}  // namespace clipscope::runtime
