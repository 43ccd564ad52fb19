// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

/// The inputs by which an operator of com.microsoft gets the keys and values of earlier positions.
struct CacheInputs {
    size_t keys, values;  ///< batch x heads x length x size
    size_t length;        ///< how many positions of them are known: the others are room for more
    size_t origins;       ///< of searches: batch x beams x positions, the beam of each position
};

struct CachedPair {
    Tensor k, v;                        ///< of all positions
    Tensor presentKeys, presentValues;  ///< the same with the room there was
};

/// Past keys and values with the new ones k and v, each batch x heads x length x size.
CachedPair withPast(OpContext& context, const CacheInputs& inputs, const Tensor& k,
                    const Tensor& v);

}  // namespace clipscope::runtime
