// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/granularity.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

/// A tensor in 8 bits, its scale (float32) and zero point, each wherever it was computed.
struct QuantizedTensor {
    Tensor values;  ///< uint8
    Tensor scale;
    Tensor zeroPoint;  ///< uint8
};

/// A factor of 8-bit integers and its zero point (null: 0): one, or one for each row of a product's
/// left factor, column of its right one or output channel of weights.
struct IntegerOperand {
    const Tensor& values;
    const Tensor* zeroPoint = nullptr;
    bool isConstant = false;
};

/// Sums of products of 8-bit integers less their zero points, exact.
struct IntegerSums {
    Tensor values;  ///< int32; a convolution's may lie channels last
    /// int32 still to be added, one for each column: a product's columns, a convolution's output
    /// channels. Undefined: none.
    Tensor offsets;
    Granularity columns;  ///< which column an element belongs to, in memory order
};

}  // namespace clipscope::runtime
