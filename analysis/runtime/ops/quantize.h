// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// Between floats and the types of 16 bits and fewer that stand for them.
namespace clipscope::runtime {

void runQuantizeLinear(OpContext& context);
void runDequantizeLinear(OpContext& context);
void runDynamicQuantizeLinear(OpContext& context);

/// (x - zero point) * scale in float32, on the host; one scale and zero point (0 where it is null)
/// or one for each index of `axis`.
Tensor dequantized(const Tensor& x, const Tensor& scale, const Tensor* zeroPoint, int64_t axis = 1);

/// round(x / scale) + zero point, saturated, for float32 x and one scale; on the host.
Tensor quantizedTo(DType type, const Tensor& x, const Tensor& scale, const Tensor* zeroPoint);

struct Quantized {
    Tensor values;  ///< uint8
    Tensor scale;
    Tensor zeroPoint;
};

/// float32 x over its own range, extended to 0; on the host.
Quantized dynamicallyQuantized(const Tensor& x);

}  // namespace clipscope::runtime
