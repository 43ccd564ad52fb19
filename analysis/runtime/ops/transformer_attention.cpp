// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/attention_core.h"
#include "analysis/runtime/ops/attention_mask.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/transformer.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
/// Inputs: x (batch x length x inputs), weights (inputs x (q, k, v)), their bias, a mask, the past
/// keys and values (2 x batch x heads x length x size) and what is added to the scores.
void runMicrosoftAttention(OpContext& context) {
    Device& device = context.device();
    const graph::Attributes& attributes = context.attributes();
    const int64_t heads = attributes.getInt("num_heads");
    const Tensor& x = context.input(0);
    const Tensor& weights = context.input(1);
    if (x.rank() != 3 || weights.rank() != 2 || weights.shape()[0] != x.shape()[2])
        throw Error(ErrorCode::BadInput, fmt::format("the weights {} do not fit the input {}",
                                                     weights.toString(), x.toString()));
    if (context.hasInput(6) || attributes.getInt("do_rotary", 0) != 0)
        throw Error(ErrorCode::Unsupported, "shared past buffers and rotation are not supported");
    Tensor product =
        matrixProduct(device, {.bIsConstant = context.isConstant(1)}, x, weights, context.state());
    if (const Tensor* bias = context.optionalInput(2)) {
        Tensor biased = device.allocate(product.type(), broadcast(product.shape(), bias->shape()));
        device.binary(BinaryFunction::Add, product, *bias, biased);
        product = biased;
    }
    const int64_t third = product.shape()[2] / 3;
    const std::vector<int64_t> sizes =
        attributes.getInts("qkv_hidden_sizes", {third, third, third});
    if (sizes.size() != 3 || sizes[0] + sizes[1] + sizes[2] != product.shape()[2])
        throw Error(ErrorCode::BadInput, "the weights do not split into queries, keys and values");
    const Tensor q = splitHeads(device, columns(device, product, 0, sizes[0]), heads);
    Tensor k = splitHeads(device, columns(device, product, sizes[0], sizes[1]), heads);
    Tensor v = splitHeads(device, columns(device, product, sizes[0] + sizes[1], sizes[2]), heads);
    if (const Tensor* past = context.optionalInput(4)) {
        if (past->rank() != 5 || past->shape()[0] != 2)
            throw Error(ErrorCode::BadInput, "the past " + past->toString() + " is not a pair");
        const Shape half({past->shape().begin() + 1, past->shape().end()});
        const Tensor keys = past->rows(0, 1).reshaped(half);
        const Tensor values = past->rows(1, 2).reshaped(half);
        k = appended(device, &keys, k);
        v = appended(device, &values, v);
    }
    AttentionParameters parameters;
    const float scale = attributes.getFloat("scale", 0);
    parameters.scale = scale != 0 ? scale : 1 / std::sqrt(static_cast<float>(q.shape()[3]));
    const bool causal = attributes.getInt("unidirectional", 0) != 0;
    const Tensor bias =
        scoreBias(context, 3, 5, {x.shape()[0], 1, q.shape()[2], k.shape()[2]}, causal);
    if (bias.isDefined())
        parameters.bias = &bias;
    context.setOutput(0, joinHeads(device, attend(device, parameters, q, k, v).y));
    if (context.hasOutput(1)) {
        Shape shape = k.shape();
        Tensor present = device.allocate(k.type(), {2, shape[0], shape[1], shape[2], shape[3]});
        StridedView to{0, k.shape().strides()};
        for (const Tensor* part : {&k, &v}) {
            device.copyStrided(shape, *part, wholeView(shape), present, to);
            to.offset += k.elementCount();
        }
        context.setOutput(1, present);
    }
}

}  // namespace clipscope::runtime
