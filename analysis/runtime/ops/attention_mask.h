// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

/// What com.microsoft's operators of attention have in common.
namespace clipscope::runtime {

/// What is added to scores of the shape batch x 1 x queries x keys: input `mask` (a length for each
/// batch, or an element for each key, or for each query and key; attribute mask_filter_value is
/// what hides), input `given`, and what hides later keys where `causal`. Undefined where there is
/// none of them.
Tensor scoreBias(OpContext& context, size_t mask, size_t given, const Shape& shape, bool causal);

/// Attribute `scale`, where it is neither absent nor 0.
double scoreScale(const OpContext& context, const Tensor& q);

/// Columns [begin, begin + count) of the last axis.
Tensor columns(Device& device, const Tensor& x, int64_t begin, int64_t count);

/// x with the next columns of a bias, from `begin`, which moves on; x itself where there is none.
Tensor withBias(Device& device, const Tensor& x, const Tensor* bias, int64_t& begin);

/// Of queries, keys and values that lie side by side, ... x heads x parts x size: one part as
/// ... x (heads * size).
Tensor interleavedPart(Device& device, const Tensor& x, size_t part);

}  // namespace clipscope::runtime
