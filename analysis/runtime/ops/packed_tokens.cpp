// SPDX-License-Identifier: Apache-2.0
// Operators of com.microsoft in transformers whose batches were freed of padding.
#include "analysis/runtime/ops/packed_tokens.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/attention_core.h"
#include "analysis/runtime/ops/attention_mask.h"
#include "analysis/runtime/ops/binary.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/transformer.h"

namespace clipscope::runtime {
namespace {

template <typename T>
Tensor onDevice(Device& device, const Shape& shape, const std::vector<T>& values) {
    return device.fromHost(Tensor::of<T>(shape, std::span<const T>(values)));
}

/// What hides the padding, batch x 1 x 1 x keys, and input `given`, where it is one.
Tensor biasOf(OpContext& context, const PackedTokens& tokens, size_t given) {
    std::vector<float> hidden;
    for (const int64_t length : tokens.lengths)
        for (int64_t i = 0; i < tokens.length; ++i)
            hidden.push_back(i < length ? 0.0f : -std::numeric_limits<float>::infinity());
    Device& device = context.device();
    const Tensor bias = onDevice(device, {tokens.batches, 1, 1, tokens.length}, hidden);
    return context.hasInput(given) ? added(device, bias, context.input(given)) : bias;
}

/// Output 0: attention over packed queries, keys and values, tokens x width each.
void setAttention(OpContext& context, const PackedTokens& tokens, const Tensor (&operands)[3],
                  size_t given) {
    Device& device = context.device();
    const int64_t heads = context.attributes().getInt("num_heads");
    Tensor split[3];
    for (size_t i = 0; i < 3; ++i)
        split[i] = splitHeads(device, unpacked(device, tokens, operands[i]), heads);
    const Tensor bias = biasOf(context, tokens, given);
    AttentionParameters parameters;
    parameters.scale = scoreScale(context, split[0]);
    parameters.bias = &bias;
    const Tensor y = attend(device, parameters, split[0], split[1], split[2]).y;
    context.setOutput(0, packed(device, tokens, joinHeads(device, y)));
}

void requireTokens(const Tensor& x) {
    if (x.rank() < 2)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the tokens {} need a second axis", x.toString()));
}

}  // namespace

PackedTokens packedTokens(const OpContext& context, int64_t count, size_t offsets, size_t ends) {
    const Shape& shape = context.input(offsets).shape();
    PackedTokens tokens;
    tokens.places = context.ints(offsets);
    const auto all = std::ssize(tokens.places);
    const bool valid = shape.rank() == 2 && count <= all &&
                       std::ranges::all_of(
                           tokens.places, [&](int64_t place) { return place >= 0 && place < all; });
    if (!valid)
        throw Error(ErrorCode::BadInput, fmt::format("the places {} do not fit {} tokens",
                                                     context.input(offsets).toString(), count));
    tokens.batches = shape[0];
    tokens.length = shape[1];
    tokens.places.resize(static_cast<size_t>(count));
    if (ends == SIZE_MAX)
        return tokens;
    tokens.lengths = context.ints(ends);
    if (std::ssize(tokens.lengths) != tokens.batches + 1 || tokens.lengths.back() != count)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the ends {} do not fit {} tokens of {} batches",
                                context.input(ends).toString(), count, tokens.batches));
    std::adjacent_difference(tokens.lengths.begin(), tokens.lengths.end(), tokens.lengths.begin());
    tokens.lengths.erase(tokens.lengths.begin());
    return tokens;
}

Tensor unpacked(Device& device, const PackedTokens& tokens, const Tensor& x) {
    if (x.rank() != 2 || x.shape()[0] != tokens.count())
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} are not {} tokens", x.toString(), tokens.count()));
    const int64_t width = x.shape()[1];
    Tensor y = device.allocate(x.type(), {tokens.batches * tokens.length, width});
    device.fill(device.fromHost(Tensor::scalar(0.0f)), y);
    std::vector<int64_t> offsets = tokens.places;
    for (int64_t& offset : offsets)
        offset *= width;
    if (x.elementCount() > 0)
        device.scatter(Scattering::Replace, offsets, width, x, y);
    return y.reshaped({tokens.batches, tokens.length, width});
}

Tensor packed(Device& device, const PackedTokens& tokens, const Tensor& x) {
    const int64_t width = x.shape()[2];
    Tensor y = device.allocate(x.type(), {tokens.count(), width});
    device.gather(x.reshaped({tokens.batches * tokens.length, width}), 0, tokens.places, y);
    return y;
}

/// Inputs: batch x length x width and how many tokens each batch begins with; outputs: the tokens,
/// their places, their number up to the end of each batch, and the longest batch.
void runRemovePadding(OpContext& context) {
    Device& device = context.device();
    const Tensor& x = context.input(0);
    const std::vector<int64_t> lengths = context.ints(1);
    if (x.rank() != 3 || std::ssize(lengths) != x.shape()[0])
        throw Error(ErrorCode::BadInput, fmt::format("{} and the lengths {} do not fit together",
                                                     x.toString(), context.input(1).toString()));
    PackedTokens tokens{x.shape()[0], x.shape()[1], {}, lengths};
    std::vector<int64_t> padding;
    std::vector<int32_t> ends = {0};
    for (int64_t b = 0; b < tokens.batches; ++b) {
        const int64_t own = lengths[static_cast<size_t>(b)];
        if (own < 0 || own > tokens.length)
            throw Error(ErrorCode::BadInput,
                        fmt::format("a batch of {} has {} tokens", x.toString(), own));
        for (int64_t i = 0; i < tokens.length; ++i)
            (i < own ? tokens.places : padding).push_back(b * tokens.length + i);
        ends.push_back(static_cast<int32_t>(tokens.count()));
    }
    std::vector<int32_t> places(tokens.places.begin(), tokens.places.end());
    places.insert(places.end(), padding.begin(), padding.end());
    const int64_t longest = lengths.empty() ? 0 : std::ranges::max(lengths);
    context.setOutput(0, packed(device, tokens, x));
    context.setOutput(1, onDevice(device, {tokens.batches, tokens.length}, places));
    context.setOutput(2, onDevice(device, {tokens.batches + 1}, ends));
    if (context.hasOutput(3))
        context.setOutput(3, onDevice<int32_t>(device, {1}, {static_cast<int32_t>(longest)}));
}

/// Inputs: tokens and places, those of the padding after the others.
void runRestorePadding(OpContext& context) {
    const Tensor& x = context.input(0);
    requireTokens(x);
    const PackedTokens tokens = packedTokens(context, x.shape()[0], 1);
    context.setOutput(0, unpacked(context.device(), tokens, x));
}

/// Inputs: tokens, weights (width x (q, k, v)), their bias, places, ends, and what is added to the
/// scores.
void runPackedAttention(OpContext& context) {
    Device& device = context.device();
    const Tensor& x = context.input(0);
    requireTokens(x);
    const PackedTokens tokens = packedTokens(context, x.shape()[0], 3, 4);
    const Tensor product = added(device,
                                 matrixProduct(device, {.bIsConstant = context.isConstant(1)}, x,
                                               context.input(1), context.state()),
                                 context.input(2));
    const int64_t third = product.shape()[1] / 3;
    const std::vector<int64_t> sizes =
        context.attributes().getInts("qkv_hidden_sizes", {third, third, third});
    if (sizes.size() != 3 || sizes[0] + sizes[1] + sizes[2] != product.shape()[1])
        throw Error(ErrorCode::BadInput, "the weights do not split into queries, keys and values");
    setAttention(
        context, tokens,
        {columns(device, product, 0, sizes[0]), columns(device, product, sizes[0], sizes[1]),
         columns(device, product, sizes[0] + sizes[1], sizes[2])},
        5);
}

/// Inputs: queries, keys and values, or all as tokens x heads x 3 x size, the bias of all three,
/// places, ends, and what is added to the scores.
void runPackedMultiHeadAttention(OpContext& context) {
    Device& device = context.device();
    const Tensor& x = context.input(0);
    requireTokens(x);
    const PackedTokens tokens = packedTokens(context, x.shape()[0], 4, 5);
    const bool isOne = x.rank() == 4;
    Tensor operands[3];
    int64_t begin = 0;
    for (size_t i = 0; i < 3; ++i) {
        operands[i] = isOne ? interleavedPart(device, x, i) : context.input(i);
        operands[i] = withBias(device, operands[i], context.optionalInput(3), begin);
    }
    setAttention(context, tokens, operands, 6);
}

}  // namespace clipscope::runtime
