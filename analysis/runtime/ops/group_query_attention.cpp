// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/attention_core.h"
#include "analysis/runtime/ops/attention_mask.h"
#include "analysis/runtime/ops/rotary.h"
#include "analysis/runtime/ops/transformer.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

constexpr float kHidden = -std::numeric_limits<float>::infinity();
constexpr int64_t kLongest = int64_t{1} << 31;

/// Queries, keys and values, each batch x heads x length x size.
struct Heads {
    Tensor q, k, v;
};

/// Where the new positions of each batch stand.
struct Lengths {
    int64_t total = 0;          ///< positions of the longest batch, past and new
    std::vector<int64_t> past;  ///< by batch

    int64_t position(int64_t batch, int64_t i) const {
        return past[static_cast<size_t>(batch)] + i;
    }
};

void requireSupported(const OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    for (const char* name : {"k_quant_type", "v_quant_type"})
        if (const std::string type = attributes.getString(name, "NONE"); type != "NONE")
            throw Error(ErrorCode::Unsupported,
                        fmt::format("attribute '{}' is {}: a quantized cache of keys and values "
                                    "is not supported; export the model with a float cache",
                                    name, type));
    if (attributes.getInt("sliding_window_cache", 0) != 0)
        throw Error(ErrorCode::Unsupported,
                    "attribute 'sliding_window_cache' is set: a cache of a window's size is not "
                    "supported; export the model with a whole cache");
    if (context.hasOutput(3))
        throw Error(ErrorCode::Unsupported,
                    "its output 3, the products of queries and keys, is not computed");
}

Heads headsOf(OpContext& context) {
    Device& device = context.device();
    const int64_t heads = context.attributes().getInt("num_heads");
    const int64_t keyHeads = context.attributes().getInt("kv_num_heads");
    const Tensor& query = context.input(0);
    if (query.rank() != 3 || heads < 1 || keyHeads < 1 || heads % keyHeads != 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} heads, {} of keys, do not fit the queries {}", heads, keyHeads,
                                query.toString()));
    if (context.hasInput(1) || context.hasInput(2))
        return {splitHeads(device, query, heads), splitHeads(device, context.input(1), keyHeads),
                splitHeads(device, context.input(2), keyHeads)};
    const int64_t size = query.shape()[2] / (heads + 2 * keyHeads);
    if (size * (heads + 2 * keyHeads) != query.shape()[2])
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} does not split into {} heads of queries and {} each of keys "
                                "and values",
                                query.toString(), heads, keyHeads));
    const auto part = [&](int64_t first, int64_t count) {
        return splitHeads(device, columns(device, query, first * size, count * size), count);
    };
    return {part(0, heads), part(heads, keyHeads), part(heads + keyHeads, keyHeads)};
}

/// Inputs 5, by batch the last position, and 6, the positions of the longest batch.
Lengths lengthsOf(const OpContext& context, int64_t batches, int64_t length) {
    const std::vector<int64_t> last = context.ints(5);
    const std::vector<int64_t> total = context.ints(6);
    Lengths lengths;
    if (std::ssize(last) != batches || total.size() != 1 || total[0] < length ||
        total[0] > kLongest)
        throw Error(
            ErrorCode::BadInput,
            fmt::format("the lengths {} and {} do not fit {} batches of {} positions",
                        context.input(5).toString(), context.input(6).toString(), batches, length));
    lengths.total = total[0];
    for (const int64_t position : last) {
        if (position < 0 || position >= lengths.total)
            throw Error(ErrorCode::BadInput,
                        fmt::format("position {} lies outside of {}", position, lengths.total));
        // A first prompt has no past; those shorter than the longest end in padding.
        lengths.past.push_back(lengths.total == length ? 0 : position + 1 - length);
        if (lengths.past.back() < 0)
            throw Error(
                ErrorCode::BadInput,
                fmt::format("position {} is not the last of {} new ones", position, length));
    }
    return lengths;
}

/// x normalised by the root of its mean square over each head's elements, where there are weights.
Tensor normalized(OpContext& context, const Tensor& x, size_t weights) {
    const Tensor* gamma = context.optionalInput(weights);
    if (!gamma)
        return x;
    if (gamma->shape() != Shape{x.shape()[3]})
        throw Error(ErrorCode::BadInput,
                    fmt::format("the weights {} do not fit {}", gamma->toString(), x.toString()));
    Tensor y = context.device().allocate(x.type(), x.shape());
    context.device().layerNormalize(x, 3, context.attributes().getFloat("qk_norm_epsilon", 1e-6f),
                                    true, gamma, nullptr, y);
    return y;
}

/// The row of cosines for each new position: input 9 gives it, for a first prompt only where it
/// begins.
std::vector<int64_t> rotaryRows(const OpContext& context, const Lengths& lengths, int64_t length) {
    const auto batches = std::ssize(lengths.past);
    const bool given = context.hasInput(9);
    std::vector<int64_t> rows = given ? context.ints(9) : std::vector<int64_t>();
    if (given && lengths.total != length)
        return rows;
    const int64_t first = rows.empty() ? 0 : rows[0];
    rows.clear();
    for (int64_t b = 0; b < batches; ++b)
        for (int64_t i = 0; i < length; ++i)
            rows.push_back(rotaryRow(first, lengths.position(b, i)));
    return rows;
}

void rotate(OpContext& context, const Lengths& lengths, Heads& heads) {
    if (context.attributes().getInt("do_rotary", 0) == 0)
        return;
    const Tensor& cosines = context.input(7);
    RotaryTable table{cosines, context.input(8)};
    table.half = cosines.rank() == 2 ? cosines.shape()[1] : -1;
    table.interleaved = context.attributes().getInt("rotary_interleaved", 0) != 0;
    const std::vector<int64_t> rows = rotaryRows(context, lengths, heads.q.shape()[2]);
    heads.q = rotated(context.device(), heads.q, headLayout(heads.q, 0), table, rows);
    heads.k = rotated(context.device(), heads.k, headLayout(heads.k, 0), table, rows);
}

/// Input `past` up to each batch's own length, then x; zeros after it.
Tensor present(OpContext& context, size_t past, const Tensor& x, const Lengths& lengths) {
    Device& device = context.device();
    Shape shape = x.shape();
    const Tensor* before = context.optionalInput(past);
    shape[2] = before && before->rank() == 4 ? before->shape()[2] : x.shape()[2];
    if (before && (before->shape() != shape || before->type() != x.type()))
        throw Error(ErrorCode::BadInput,
                    fmt::format("the past {} does not fit {}", before->toString(), x.toString()));
    shape[2] = std::max(before ? shape[2] : 0, lengths.total);
    Tensor y = device.allocate(x.type(), shape);
    device.fill(device.fromHost(Tensor::scalar(0.0f)), y);
    for (int64_t b = 0; b < shape[0]; ++b) {
        const int64_t known = lengths.position(b, 0);
        if (known > (before ? before->shape()[2] : 0))
            throw Error(ErrorCode::BadInput, fmt::format("there is no past of {}", known));
        StridedView to = wholeView(shape);
        to.offset = b * to.strides[0];
        if (before && known > 0) {
            StridedView from = wholeView(before->shape());
            from.offset = b * from.strides[0];
            device.copyStrided({1, shape[1], known, shape[3]}, *before, from, y, to);
        }
        to.offset += known * to.strides[2];
        StridedView from = wholeView(x.shape());
        from.offset = b * from.strides[0];
        device.copyStrided({1, shape[1], x.shape()[2], shape[3]}, x, from, y, to);
    }
    return y;
}

/// The first `count` positions of x, and a position of zeros where there is a sink.
Tensor attended(Device& device, const Tensor& x, int64_t count, bool sink) {
    if (count == x.shape()[2] && !sink)
        return x;
    Shape shape = x.shape();
    shape[2] = count + (sink ? 1 : 0);
    Tensor y = device.allocate(x.type(), shape);
    if (sink)
        device.fill(device.fromHost(Tensor::scalar(0.0f)), y);
    const StridedView to = wholeView(shape);
    shape[2] = count;
    device.copyStrided(shape, x, wholeView(x.shape()), y, to);
    return y;
}

Tensor onHost(OpContext& context, size_t input) {
    return context.hasInput(input) ? context.device().toHost(context.input(input)) : Tensor();
}

/// What is added to the scores, batch x heads (1: all the same) x queries x keys: hides what the
/// attributes causal and local_window_size hide. A sink is one key more, whose score is that of its
/// head.
Tensor biasOf(OpContext& context, const Lengths& lengths, const Shape& queries, bool sink) {
    const graph::Attributes& attributes = context.attributes();
    const bool causal = attributes.getInt("causal", 1) != 0;
    const int64_t window = attributes.getInt("local_window_size", -1);
    const Tensor given = onHost(context, 10);
    const Tensor sinks = onHost(context, 11);
    if (sinks.isDefined() && sinks.elementCount() != queries[1])
        throw Error(ErrorCode::BadInput,
                    fmt::format("the sinks {} do not fit {} heads", sinks.toString(), queries[1]));
    const int64_t keys = lengths.total + (sink ? 1 : 0);
    const int64_t heads = given.isDefined() || sinks.isDefined() ? queries[1] : 1;
    Tensor bias(DType::Float32, {queries[0], heads, queries[2], keys});
    StridedView from;
    if (given.isDefined()) {
        const Shape whole{queries[0], queries[1], queries[2], lengths.total};
        if (given.rank() != 4 || broadcast(given.shape(), whole) != whole)
            throw Error(ErrorCode::BadInput, fmt::format("the bias {} does not fit {}",
                                                         given.toString(), whole.toString()));
        from.strides = broadcastStrides(given.shape(), whole);
    }
    auto to = bias.mutableValues<float>().begin();
    for (int64_t b = 0; b < queries[0]; ++b)
        for (int64_t h = 0; h < heads; ++h)
            for (int64_t i = 0; i < queries[2]; ++i) {
                const int64_t own = lengths.position(b, i);
                for (int64_t j = 0; j < lengths.total; ++j) {
                    const bool hidden = causal && (j > own || (window > 0 && j <= own - window));
                    const float added = given.isDefined()
                                            ? given.values<float>()[static_cast<size_t>(
                                                  b * from.strides[0] + h * from.strides[1] +
                                                  i * from.strides[2] + j * from.strides[3])]
                                            : 0;
                    *to++ = hidden ? kHidden : added;
                }
                if (sink)
                    *to++ = sinks.isDefined() ? sinks.values<float>()[static_cast<size_t>(h)] : 0;
            }
    return context.device().fromHost(bias);
}

}  // namespace

/// Inputs: queries (with keys and values where those are absent), keys, values, past keys and
/// values, lengths, cosines and sines, positions, what is added to the scores, sinks, and weights
/// that normalise queries and keys; outputs 1 and 2 are the past with the new keys and values.
void runGroupQueryAttention(OpContext& context) {
    requireSupported(context);
    Device& device = context.device();
    const graph::Attributes& attributes = context.attributes();
    Heads heads = headsOf(context);
    heads.q = normalized(context, heads.q, 14);
    heads.k = normalized(context, heads.k, 15);
    const Shape queries = heads.q.shape();
    if (heads.k.shape()[2] != queries[2] || heads.k.shape()[0] != queries[0] ||
        heads.v.shape() != heads.k.shape())
        throw Error(ErrorCode::BadInput,
                    fmt::format("the queries {}, keys {} and values {} do not fit together",
                                heads.q.toString(), heads.k.toString(), heads.v.toString()));
    const Lengths lengths = lengthsOf(context, queries[0], queries[2]);
    rotate(context, lengths, heads);
    heads.k = present(context, 3, heads.k, lengths);
    heads.v = present(context, 4, heads.v, lengths);
    const bool sink = attributes.getInt("smooth_softmax", 0) != 0 || context.hasInput(11);
    const Tensor bias = biasOf(context, lengths, queries, sink);
    AttentionParameters parameters;
    parameters.scale = scoreScale(context, heads.q);
    parameters.softcap = attributes.getFloat("softcap", 0);
    parameters.capsBeforeBias = true;
    parameters.bias = &bias;
    const Tensor y =
        attend(device, parameters, heads.q, attended(device, heads.k, lengths.total, sink),
               attended(device, heads.v, lengths.total, sink))
            .y;
    context.setOutput(0, joinHeads(device, y));
    if (context.hasOutput(1))
        context.setOutput(1, heads.k);
    if (context.hasOutput(2))
        context.setOutput(2, heads.v);
}

}  // namespace clipscope::runtime
