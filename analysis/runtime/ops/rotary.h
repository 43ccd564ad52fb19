// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "analysis/runtime/functors/rotate.h"
#include "analysis/runtime/op_context.h"

/// Rotary position embedding, which ONNX and com.microsoft have as an operator and inside others.
namespace clipscope::runtime {

/// Of batch x heads x positions x size, or of batch x positions x (heads * size). Throws
/// Error(BadInput) where x is neither.
HeadLayout headLayout(const Tensor& x, int64_t heads);

/// By row the cosines and sines (float32) of the angles of the first `half` pairs of a
/// head's elements: neighbours where interleaved, else i and half + i.
struct RotaryTable {
    Tensor cosines;
    Tensor sines;
    int64_t half = 0;
    bool interleaved = false;

    /// Throws Error(BadInput) where the tables have not `half` columns or that is over half a head.
    void requireFit(const Tensor& x, const HeadLayout& layout) const;
};

/// The row of the position that follows `first` by `offset`; what overflows is in no table.
inline int64_t rotaryRow(int64_t first, int64_t offset) {
    int64_t row = -1;
    return __builtin_add_overflow(first, offset, &row) ? -1 : row;
}

/// float32 x with each head rotated; `rows` names the table's row for each position of each batch.
/// Throws Error(BadInput) where it has none.
Tensor rotated(Device& device, const Tensor& x, const HeadLayout& layout, const RotaryTable& table,
               std::span<const int64_t> rows);

}  // namespace clipscope::runtime
