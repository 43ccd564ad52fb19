// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/attention_core.h"
#include "analysis/runtime/ops/attention_mask.h"
#include "analysis/runtime/ops/transformer.h"

namespace clipscope::runtime {
namespace {

/// The next `width` elements of the bias of queries, keys and values, added to x (3 axes).
Tensor biased(OpContext& context, const Tensor& x, int64_t& begin) {
    const Tensor* bias = context.optionalInput(3);
    if (!bias)
        return x;
    Device& device = context.device();
    const int64_t width = x.shape()[x.rank() - 1];
    if (x.rank() != 3 || bias->rank() != 1 || begin + width > bias->shape()[0])
        throw Error(ErrorCode::BadInput,
                    fmt::format("the bias {} does not fit {}", bias->toString(), x.toString()));
    Tensor y = device.allocate(x.type(), x.shape());
    device.binary(BinaryFunction::Add, x, columns(device, *bias, begin, width), y);
    begin += width;
    return y;
}

/// Input i, batch x length x (heads * size), or already batch x heads x length x size.
Tensor headsOf(OpContext& context, size_t i, int64_t heads, int64_t& begin) {
    const Tensor& x = context.input(i);
    if (x.rank() == 4)
        return x;
    if (x.rank() != 3)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("input {} is {}: packed queries, keys and values are not "
                                "supported, but three tensors of 3 or 4 axes",
                                i, x.toString()));
    return splitHeads(context.device(), biased(context, x, begin), heads);
}

}  // namespace

/// Inputs: queries, keys, values, the bias of all three, a mask of keys, what is added to the
/// scores, and past keys and values; outputs 1 and 2 are those with the new ones.
void runMultiHeadAttention(OpContext& context) {
    Device& device = context.device();
    const graph::Attributes& attributes = context.attributes();
    const int64_t heads = attributes.getInt("num_heads");
    for (const size_t i : {8, 9})
        if (context.hasInput(i))
            throw Error(ErrorCode::Unsupported,
                        fmt::format("input {} ({}) is given: a buffer that past and present share "
                                    "is not supported",
                                    i, i == 8 ? "past_sequence_length" : "cache_indirection"));
    int64_t begin = 0;
    const Tensor q = headsOf(context, 0, heads, begin);
    Tensor k = headsOf(context, 1, heads, begin);
    Tensor v = headsOf(context, 2, heads, begin);
    k = appended(device, context.optionalInput(6), k);
    v = appended(device, context.optionalInput(7), v);
    const bool causal = attributes.getInt("unidirectional", 0) != 0;
    const Tensor bias =
        scoreBias(context, 4, 5, {q.shape()[0], 1, q.shape()[2], k.shape()[2]}, causal);
    AttentionParameters parameters;
    const float scale = attributes.getFloat("scale", 0);
    parameters.scale = scale != 0 ? scale : 1 / std::sqrt(static_cast<float>(q.shape()[3]));
    if (bias.isDefined())
        parameters.bias = &bias;
    context.setOutput(0, joinHeads(device, attend(device, parameters, q, k, v).y));
    if (context.hasOutput(1))
        context.setOutput(1, k);
    if (context.hasOutput(2))
        context.setOutput(2, v);
}

}  // namespace clipscope::runtime
