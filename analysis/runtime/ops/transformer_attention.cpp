// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/apply.h"
#include "analysis/runtime/ops/attention_core.h"
#include "analysis/runtime/ops/attention_mask.h"
#include "analysis/runtime/ops/binary.h"
#include "analysis/runtime/ops/integer_products.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/transformer.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

constexpr size_t kNone = SIZE_MAX;

/// The inputs of an attention that has its weights inside.
struct AttentionInputs {
    size_t mask;
    size_t past;   ///< keys and values, 2 x batch x heads x length x size
    size_t added;  ///< to the scores
};

void requireFit(const OpContext& context) {
    const Tensor& x = context.input(0);
    const Tensor& weights = context.input(1);
    if (x.rank() != 3 || weights.rank() != 2 || weights.shape()[0] != x.shape()[2])
        throw Error(ErrorCode::BadInput, fmt::format("the weights {} do not fit the input {}",
                                                     weights.toString(), x.toString()));
    if (context.attributes().getInt("do_rotary", 0) != 0)
        throw Error(ErrorCode::Unsupported,
                    "attribute 'do_rotary' is set: rotation inside of it is not supported");
}

/// Both as one tensor, keys first.
Tensor paired(Device& device, const Tensor& k, const Tensor& v) {
    const Shape shape = k.shape();
    Tensor pair = device.allocate(k.type(), {2, shape[0], shape[1], shape[2], shape[3]});
    StridedView to{0, shape.strides()};
    for (const Tensor* part : {&k, &v}) {
        device.copyStrided(shape, *part, wholeView(shape), pair, to);
        to.offset += k.elementCount();
    }
    return pair;
}

/// Output 0: attention over `product`, batch x length x (queries, keys, values); output 1: the past
/// with the new keys and values.
void setAttention(OpContext& context, const Tensor& product, const AttentionInputs& inputs) {
    Device& device = context.device();
    const graph::Attributes& attributes = context.attributes();
    const int64_t heads = attributes.getInt("num_heads");
    const int64_t third = product.shape()[2] / 3;
    const std::vector<int64_t> sizes =
        attributes.getInts("qkv_hidden_sizes", {third, third, third});
    if (sizes.size() != 3 || sizes[0] + sizes[1] + sizes[2] != product.shape()[2])
        throw Error(ErrorCode::BadInput, "the weights do not split into queries, keys and values");
    const Tensor q = splitHeads(device, columns(device, product, 0, sizes[0]), heads);
    Tensor k = splitHeads(device, columns(device, product, sizes[0], sizes[1]), heads);
    Tensor v = splitHeads(device, columns(device, product, sizes[0] + sizes[1], sizes[2]), heads);
    if (const Tensor* past = context.optionalInput(inputs.past)) {
        if (past->rank() != 5 || past->shape()[0] != 2)
            throw Error(ErrorCode::BadInput, "the past " + past->toString() + " is not a pair");
        const Shape half({past->shape().begin() + 1, past->shape().end()});
        const Tensor keys = past->rows(0, 1).reshaped(half);
        const Tensor values = past->rows(1, 2).reshaped(half);
        k = appended(device, &keys, k);
        v = appended(device, &values, v);
    }
    AttentionParameters parameters;
    parameters.scale = scoreScale(context, q);
    const bool causal = attributes.getInt("unidirectional", 0) != 0;
    const Tensor bias = scoreBias(context, inputs.mask, inputs.added,
                                  {q.shape()[0], 1, q.shape()[2], k.shape()[2]}, causal);
    if (bias.isDefined())
        parameters.bias = &bias;
    context.setOutput(0, joinHeads(device, attend(device, parameters, q, k, v).y));
    if (context.hasOutput(1))
        context.setOutput(1, paired(device, k, v));
}

}  // namespace

/// Inputs: x (batch x length x inputs), weights (inputs x (q, k, v)), their bias, a mask, the past
/// and what is added to the scores.
void runMicrosoftAttention(OpContext& context) {
    requireFit(context);
    if (context.hasInput(6))
        throw Error(ErrorCode::Unsupported,
                    "input 6 (past_sequence_length) is given: a buffer that past and present "
                    "share is not supported");
    Device& device = context.device();
    Tensor product = matrixProduct(device, {.bIsConstant = context.isConstant(1)}, context.input(0),
                                   context.input(1), context.state());
    if (const Tensor* bias = context.optionalInput(2))
        product = added(device, product, *bias);
    setAttention(context, product, {3, 4, 5});
}

/// Inputs: x and weights as above but of 8 bits, the bias, the scales of x and the weights, a mask,
/// their zero points and the past.
void runQAttention(OpContext& context) {
    requireFit(context);
    std::vector<Tensor> operands;
    std::vector<size_t> constants;
    for (const size_t i : {0, 1, 3, 4, 6, 7, 2}) {
        if (context.isConstant(i))
            constants.push_back(operands.size());
        operands.push_back(context.hasInput(i) ? context.input(i) : Tensor());
    }
    const Tensor product =
        applied(context, {.run = runMatMulIntegerToFloat, .constants = std::move(constants)},
                std::move(operands))
            .at(0);
    setAttention(context, product, {5, 8, kNone});
}

}  // namespace clipscope::runtime
