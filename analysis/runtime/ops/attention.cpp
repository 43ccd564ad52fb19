// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/attention.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/attention_core.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

template <typename T>
constexpr T kMasked = -std::numeric_limits<T>::infinity();

/// The mask's share of the bias at a place of it: added, or nothing where a bool is true.
template <typename T>
T maskValue(const Tensor& mask, int64_t offset) {
    const auto i = static_cast<size_t>(offset);
    if (mask.type() == DType::Bool)
        return mask.bytes()[i] != std::byte{0} ? T{0} : kMasked<T>;
    return mask.values<T>()[i];
}

/// Extents with 1 in front up to rank 4.
Shape ofRank4(const Shape& shape) {
    std::vector<int64_t> extents(4 - shape.rank(), 1);
    extents.insert(extents.end(), shape.begin(), shape.end());
    return Shape(std::move(extents));
}

struct BiasForm {
    int64_t queries;
    int64_t keys;
    int64_t past;                   ///< keys before the first query's own
    bool causal;                    ///< a query sees no key after its own
    std::vector<int64_t> keyCount;  ///< by batch; empty: all
};

/// What is added to the scores: batch x heads (1 where all are alike) x queries x keys. Keys beyond
/// the mask are masked.
template <typename T>
Tensor biasOf(const Tensor* given, const BiasForm& form) {
    const Tensor mask = given ? given->reshaped(ofRank4(given->shape())) : Tensor();
    Shape shape{1, 1, form.queries, form.keys};
    if (given) {
        shape[0] = mask.shape()[0];
        shape[1] = mask.shape()[1];
    }
    const auto batches = static_cast<int64_t>(form.keyCount.size());
    if (batches > 0 && shape[0] == 1)
        shape[0] = batches;
    if (given && mask.shape()[3] > form.keys)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the mask {} has more than {} keys", given->toString(), form.keys));
    Shape padded = given ? mask.shape() : Shape{1, 1, 1, 1};
    if (given && padded[3] != 1)
        padded[3] = form.keys;
    broadcast(padded, shape);
    std::vector<int64_t> strides(4);
    if (given)
        for (size_t axis = 0; axis < 4; ++axis)
            strides[axis] = mask.shape()[axis] == 1 ? 0 : mask.shape().strides()[axis];
    Tensor bias(kDTypeOf<T>, shape);
    auto to = bias.mutableValues<T>().begin();
    for (int64_t b = 0; b < shape[0]; ++b)
        for (int64_t h = 0; h < shape[1]; ++h)
            for (int64_t i = 0; i < form.queries; ++i)
                for (int64_t j = 0; j < form.keys; ++j) {
                    const bool hidden =
                        (form.causal && j > i + form.past) ||
                        (batches > 0 && j >= form.keyCount[static_cast<size_t>(b)]) ||
                        (given && mask.shape()[3] != 1 && j >= mask.shape()[3]);
                    *to++ = hidden  ? kMasked<T>
                            : given ? maskValue<T>(mask, b * strides[0] + h * strides[1] +
                                                             i * strides[2] + j * strides[3])
                                    : T{0};
                }
    return bias;
}

/// On the device; undefined where nothing is hidden or added.
Tensor biasFor(OpContext& context, const BiasForm& form, DType type) {
    const Tensor* mask = context.optionalInput(3);
    if (!mask && !form.causal && form.keyCount.empty())
        return {};
    Device& device = context.device();
    Tensor host = mask ? device.toHost(*mask) : Tensor();
    if (mask && mask->type() != DType::Bool)
        host = convertedOnHost(host, type);
    const Tensor* given = mask ? &host : nullptr;
    return device.fromHost(type == DType::Float64 ? biasOf<double>(given, form)
                                                  : biasOf<float>(given, form));
}

ShownScores shownScores(const graph::Attributes& attributes) {
    const int64_t shown = attributes.getInt("qk_matmul_output_mode", 0);
    if (shown < 0 || shown > 3)
        throw Error(ErrorCode::BadInput,
                    fmt::format("attribute 'qk_matmul_output_mode' is {}", shown));
    return static_cast<ShownScores>(shown);
}

}  // namespace

void runAttention(OpContext& context) {
    Device& device = context.device();
    const graph::Attributes& attributes = context.attributes();
    const bool joined = context.input(0).rank() == 3;
    Tensor operands[3];
    for (size_t i = 0; i < 3; ++i) {
        operands[i] = context.input(i);
        if (joined)
            operands[i] = splitHeads(device, operands[i],
                                     attributes.getInt(i == 0 ? "q_num_heads" : "kv_num_heads"));
    }
    const Tensor* past = context.optionalInput(4);
    const Tensor k = appended(device, past, operands[1]);
    const Tensor v = appended(device, context.optionalInput(5), operands[2]);
    const Tensor& q = operands[0];
    if (q.rank() != 4 || k.rank() != 4 || v.rank() != 4)
        throw Error(ErrorCode::BadInput, "queries, keys and values need 3 or 4 axes");

    AttentionParameters parameters;
    parameters.scale = attributes.has("scale") ? attributes.getFloat("scale", 1) : defaultScale(q);
    parameters.softcap = attributes.getFloat("softcap", 0);
    const BiasForm form{q.shape()[2], k.shape()[2], past ? past->shape()[2] : 0,
                        attributes.getInt("is_causal", 0) != 0,
                        context.hasInput(6) ? context.ints(6) : std::vector<int64_t>()};
    const Tensor bias = biasFor(context, form, q.type());
    if (bias.isDefined())
        parameters.bias = &bias;
    const ShownScores shown = shownScores(attributes);
    if (context.hasOutput(3))
        parameters.shown = shown;

    const AttentionResult result = attend(device, parameters, q, k, v);
    context.setOutput(0, joined ? joinHeads(device, result.y) : result.y);
    if (context.hasOutput(1))
        context.setOutput(1, k);
    if (context.hasOutput(2))
        context.setOutput(2, v);
    if (context.hasOutput(3))
        context.setOutput(3, result.scores);
}

}  // namespace clipscope::runtime
