// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/attention_cache.h"
#include "analysis/runtime/ops/attention_core.h"
#include "analysis/runtime/ops/attention_mask.h"
#include "analysis/runtime/ops/transformer.h"

namespace clipscope::runtime {
namespace {

/// x, batch x length x (heads * size) without its bias, or already batch x heads x length x size.
Tensor headsOf(Device& device, const Tensor& x, const Tensor* bias, int64_t heads, int64_t& begin) {
    if (x.rank() == 4)
        return x;
    if (x.rank() != 3)
        throw Error(ErrorCode::BadInput,
                    fmt::format("queries, keys and values need 3 or 4 axes, not {}", x.toString()));
    return splitHeads(device, withBias(device, x, bias, begin), heads);
}

/// Inputs 0 to 2; or 0 and 1, or only 0, where keys and values, or all of them, lie side by side.
std::array<Tensor, 3> operandsOf(OpContext& context) {
    constexpr size_t kInterleavedRank = 5;  // batch x length x heads x parts x size
    std::array<Tensor, 3> operands;
    for (size_t from = 0; from < 3;) {
        const Tensor& x = context.input(from);
        size_t end = from + 1;
        while (end < 3 && !context.hasInput(end))
            ++end;
        const auto parts = static_cast<int64_t>(end - from);
        const bool isInterleaved = x.rank() == kInterleavedRank;
        if (isInterleaved ? x.shape()[3] != parts : parts != 1)
            throw Error(ErrorCode::BadInput,
                        fmt::format("input {} stands for {} of queries, keys and values, which {} "
                                    "does not hold",
                                    from, parts, x.toString()));
        for (size_t i = from; i < end; ++i)
            operands[i] = isInterleaved ? interleavedPart(context.device(), x, i - from) : x;
        from = end;
    }
    return operands;
}

/// How one of these operators numbers its inputs.
struct Inputs {
    size_t bias, mask, added;
    CacheInputs cache;
};

void setAttention(OpContext& context, const std::array<Tensor, 3>& operands, const Inputs& inputs,
                  bool causal) {
    Device& device = context.device();
    const graph::Attributes& attributes = context.attributes();
    const int64_t heads = attributes.getInt("num_heads");
    const Tensor* qkvBias = context.optionalInput(inputs.bias);
    int64_t begin = 0;
    const Tensor q = headsOf(device, operands[0], qkvBias, heads, begin);
    const Tensor k = headsOf(device, operands[1], qkvBias, heads, begin);
    const Tensor v = headsOf(device, operands[2], qkvBias, heads, begin);
    const CachedPair cached = withPast(context, inputs.cache, k, v);
    const Tensor bias = scoreBias(context, inputs.mask, inputs.added,
                                  {q.shape()[0], 1, q.shape()[2], cached.k.shape()[2]}, causal);
    AttentionParameters parameters;
    parameters.scale = scoreScale(context, q);
    if (bias.isDefined())
        parameters.bias = &bias;
    if (context.hasOutput(3))
        parameters.shown = ShownScores::Biased;
    const AttentionResult result = attend(device, parameters, q, cached.k, cached.v);
    context.setOutput(0, joinHeads(device, result.y));
    if (context.hasOutput(1))
        context.setOutput(1, cached.presentKeys);
    if (context.hasOutput(2))
        context.setOutput(2, cached.presentValues);
    if (context.hasOutput(3))
        context.setOutput(3, result.scores);
}

}  // namespace

/// Inputs: queries, keys, values, the bias of all three, a mask of keys, what is added to the
/// scores, and past keys and values; outputs 1 and 2 are those with the new ones.
void runMultiHeadAttention(OpContext& context) {
    const bool causal = context.attributes().getInt("unidirectional", 0) != 0;
    const CacheInputs cache{.keys = 6, .values = 7, .length = 8, .origins = 9};
    setAttention(context, operandsOf(context), {.bias = 3, .mask = 4, .added = 5, .cache = cache},
                 causal);
}

/// The same for one new position of each batch, whose keys and values may stand beside its query.
void runDecoderMaskedMultiHeadAttention(OpContext& context) {
    Device& device = context.device();
    const CacheInputs cache{.keys = 5, .values = 6, .length = 7, .origins = 9};
    std::array<Tensor, 3> operands;
    const Tensor& x = context.input(0);
    if (context.hasInput(1)) {
        operands = {x, context.input(1), context.input(2)};
    } else {
        const Tensor& past = context.input(cache.keys);
        const int64_t width =
            past.rank() == 4 ? past.shape()[1] * past.shape()[3] : x.shape().extents().back() / 3;
        const int64_t rest = x.rank() == 3 ? x.shape()[2] - 2 * width : -1;
        if (rest < 1)
            throw Error(ErrorCode::BadInput,
                        fmt::format("{} does not split into queries, keys and values of {}",
                                    x.toString(), past.toString()));
        operands = {columns(device, x, 0, width), columns(device, x, width, width),
                    columns(device, x, 2 * width, rest)};
    }
    setAttention(context, operands, {.bias = 10, .mask = 3, .added = 4, .cache = cache}, false);
}

}  // namespace clipscope::runtime
