// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/base/error.h"
#include "analysis/runtime/device.h"
#include "analysis/runtime/granularity.h"
#include "analysis/runtime/integer_sums.h"

namespace clipscope::runtime {

/// float32 x as 8 bits over its own range stand for it. Throws Error(Unsupported) for other types.
inline Tensor roundedTo8Bits(Device& device, const Tensor& x) {
    if (x.type() != DType::Float32)
        throw Error(ErrorCode::Unsupported, "float32 is rounded to 8 bits only, not " +
                                                x.toString() + ": convert the model to float32");
    const QuantizedTensor narrow = device.quantizeDynamically(x);
    Tensor zero = device.allocate(DType::Float32, {});
    device.cast(narrow.zeroPoint, zero);
    Tensor y = device.allocate(DType::Float32, x.shape());
    device.dequantize({.inner = x.elementCount()}, narrow.values, narrow.scale, zero, y);
    return y;
}

}  // namespace clipscope::runtime
