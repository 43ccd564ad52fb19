// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/integer_sums.h"
#include "analysis/runtime/op_context.h"

/// Between floats and the types of 16 bits and fewer that stand for them.
namespace clipscope::runtime {

void runQuantizeLinear(OpContext& context);
void runDequantizeLinear(OpContext& context);
void runDynamicQuantizeLinear(OpContext& context);

/// (x - zero point) * scale in float32; one scale and zero point (0 where it is null) or one for
/// each index of `axis`.
Tensor dequantized(Device& device, const Tensor& x, const Tensor& scale, const Tensor* zeroPoint,
                   int64_t axis = 1);

/// round(x / scale) + zero point, saturated, for float32 x and one scale.
Tensor quantizedTo(Device& device, DType type, const Tensor& x, const Tensor& scale,
                   const Tensor* zeroPoint);

/// Input i, float32, over its own range.
QuantizedTensor dynamicallyQuantized(OpContext& context, size_t i);

}  // namespace clipscope::runtime
