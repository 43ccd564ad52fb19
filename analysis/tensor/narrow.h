// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "analysis/tensor/tensor.h"

namespace clipscope {

/// float8, float4 and the integers of 4 and 2 bits (isNarrow): each element lies in a byte of its
/// own, floats as their bit pattern, signed integers sign-extended. Source: ONNX, "Float stored in
/// 8 bits", "4 bit integer types", and the operator Cast.

/// What becomes of values that a float8 cannot hold, and (for float8e8m0, which holds powers of two
/// only) to which neighbour a value goes.
struct NarrowRounding {
    enum class Direction { Up, Down, Nearest };
    bool saturate = true;  ///< to the largest value; else to infinity or NaN
    Direction powers = Direction::Up;
};

/// The value of one element.
float fromNarrow(DType type, uint8_t element);

/// Floats round half to even; integers are truncated and wrap.
uint8_t toNarrow(DType type, float value, const NarrowRounding& rounding = {});

/// All elements, as float32 and from float32, on the host.
Tensor fromNarrow(const Tensor& tensor);
Tensor toNarrow(DType type, const Tensor& floats, const NarrowRounding& rounding = {});

}  // namespace clipscope
