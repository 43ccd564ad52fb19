// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/runtime/op_context.h"

namespace clipscope::runtime {

/// Sequences of different lengths without their padding: the tokens of all one after the other
/// stand at `places` of batches * length.
struct PackedTokens {
    int64_t batches = 0;
    int64_t length = 0;            ///< of the padded sequences
    std::vector<int64_t> places;   ///< of the tokens
    std::vector<int64_t> lengths;  ///< by batch; empty where they are not asked for

    int64_t count() const { return std::ssize(places); }
};

/// Of `count` tokens: input `offsets` (batch x length) names the places of the tokens, then those
/// of the padding; input `ends`, where it is one, has 0 and then the tokens up to the end of each
/// batch.
PackedTokens packedTokens(const OpContext& context, int64_t count, size_t offsets,
                          size_t ends = SIZE_MAX);

/// tokens x width as batch x length x width, with zeros as padding, and back.
Tensor unpacked(Device& device, const PackedTokens& tokens, const Tensor& x);
Tensor packed(Device& device, const PackedTokens& tokens, const Tensor& x);

}  // namespace clipscope::runtime
