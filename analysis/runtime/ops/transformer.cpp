// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/transformer.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/apply.h"
#include "analysis/runtime/ops/binary.h"
#include "analysis/runtime/ops/index.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/quantize.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

/// Rows x batches x columns with the batches in front, where it is to be moved.
Tensor batchesFirst(Device& device, const Tensor& x, bool moves) {
    if (!moves || x.rank() < 3)
        return x;
    std::vector<size_t> axes(x.rank());
    std::iota(axes.begin(), axes.end(), 0);
    std::rotate(axes.begin(), axes.begin() + 1, axes.end() - 1);
    std::vector<int64_t> extents;
    for (const size_t axis : axes)
        extents.push_back(x.shape()[axis]);
    Tensor y = device.allocate(x.type(), Shape(std::move(extents)));
    copyPermuted(device, x, axes, y);
    return y;
}

void setGelu(OpContext& context, UnaryFunction function, const Tensor& x, const Tensor* bias) {
    const Tensor sum = bias ? added(context.device(), x, *bias) : x;
    context.device().unary(function, {}, sum, context.output(0, sum.type(), sum.shape()));
}

/// Output 0: x normalised along its last axis.
void setNormalized(OpContext& context, const Tensor& x, const Tensor& gamma, const Tensor* beta,
                   float epsilon, bool rms = false) {
    const Shape expected{x.rank() == 0 ? 1 : x.shape()[x.rank() - 1]};
    if (x.rank() == 0 || gamma.shape() != expected || (beta && beta->shape() != expected))
        throw Error(ErrorCode::BadInput, fmt::format("gamma {} or beta does not fit {}",
                                                     gamma.toString(), x.toString()));
    Tensor& y = context.output(0, x.type(), x.shape());
    context.device().layerNormalize(x, x.rank() - 1, epsilon, rms, &gamma, beta, y);
}

void setSkipNormalized(OpContext& context, bool rms, const Tensor* beta, const Tensor* bias) {
    Device& device = context.device();
    if (context.hasOutput(1) || context.hasOutput(2))
        throw Error(ErrorCode::Unsupported, "the mean and deviation are not computed");
    Tensor sum = added(device, context.input(0), context.input(1));
    if (bias)
        sum = added(device, sum, *bias);
    setNormalized(context, sum, context.input(2), beta,
                  context.attributes().getFloat("epsilon", 1e-12f), rms);
    if (context.hasOutput(3))
        context.setOutput(3, sum);
}

/// The rows of `table` that `indices` names, a batch x length x columns.
Tensor embedded(Device& device, const Tensor& table, std::vector<int64_t> indices,
                const Shape& shape) {
    if (table.rank() != 2 || table.shape()[1] != shape[2])
        throw Error(ErrorCode::BadInput, fmt::format("the embedding {} does not fit {}",
                                                     table.toString(), shape.toString()));
    for (int64_t& index : indices)
        index = normalizeIndex(index, table.shape()[0]);
    Tensor y = device.allocate(DType::Float32, {std::ssize(indices), shape[2]});
    device.gather(table, 0, indices, y);
    return y.reshaped(shape);
}

}  // namespace

void runMicrosoftGelu(OpContext& context) {
    setGelu(context, UnaryFunction::GeluErf, context.input(0), context.optionalInput(1));
}

void runBiasGelu(OpContext& context) {
    setGelu(context, UnaryFunction::GeluErf, context.input(0), context.optionalInput(1));
}

void runFastGelu(OpContext& context) {
    setGelu(context, UnaryFunction::GeluTanh, context.input(0), context.optionalInput(1));
}

/// Of a product: inputs 0 and 1.
void runGemmFastGelu(OpContext& context) {
    const Tensor product = matrixProduct(context.device(), {.bIsConstant = context.isConstant(1)},
                                         context.input(0), context.input(1), context.state());
    setGelu(context, UnaryFunction::GeluTanh, product, context.optionalInput(2));
}

void runFusedMatMul(OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    MatmulParameters parameters;
    parameters.transposeA = attributes.getInt("transA", 0) != 0;
    parameters.transposeB = attributes.getInt("transB", 0) != 0;
    parameters.alpha = attributes.getFloat("alpha", 1);
    const bool movesB = attributes.getInt("transBatchB", 0) != 0;
    parameters.bIsConstant = context.isConstant(1) && !movesB;
    const Tensor a =
        batchesFirst(context.device(), context.input(0), attributes.getInt("transBatchA", 0) != 0);
    const Tensor b = batchesFirst(context.device(), context.input(1), movesB);
    context.setOutput(0, matrixProduct(context.device(), parameters, a, b, context.state()));
}

/// Inputs x, skip, gamma, beta and a bias of x; output 3 shows the sum that is normalised.
void runSkipLayerNormalization(OpContext& context) {
    setSkipNormalized(context, false, context.optionalInput(3), context.optionalInput(4));
}

/// The same without a mean, hence without beta.
void runSkipSimplifiedLayerNormalization(OpContext& context) {
    setSkipNormalized(context, true, nullptr, context.optionalInput(3));
}

/// Inputs: word and segment ids (batch x length), the tables of words, positions and segments,
/// gamma, beta, a mask and position ids; outputs: the embedding, how long each mask is, the sum.
void runEmbedLayerNormalization(OpContext& context) {
    Device& device = context.device();
    const Tensor& ids = context.input(0);
    const Tensor& words = context.input(2);
    if (ids.rank() != 2 || words.rank() != 2)
        throw Error(ErrorCode::BadInput, fmt::format("the ids {} and the words {} need two axes",
                                                     ids.toString(), words.toString()));
    const int64_t length = ids.shape()[1];
    const Shape shape{ids.shape()[0], length, words.shape()[1]};
    Tensor sum = embedded(device, words, context.ints(0), shape);
    std::vector<int64_t> positions(static_cast<size_t>(ids.elementCount()));
    for (size_t i = 0; i < positions.size(); ++i)
        positions[i] = static_cast<int64_t>(i) % length;
    if (context.hasInput(8)) {
        const std::vector<int64_t> given = context.ints(8);
        for (size_t i = 0; i < positions.size() && !given.empty(); ++i)
            positions[i] = given[i % given.size()];
    }
    sum = added(device, sum, embedded(device, context.input(3), std::move(positions), shape));
    if (context.hasInput(1) && context.hasInput(4)) {
        if (context.input(1).shape() != ids.shape())
            throw Error(ErrorCode::BadInput, "the segment ids do not fit the word ids");
        sum = added(device, sum, embedded(device, context.input(4), context.ints(1), shape));
    }
    setNormalized(context, sum, context.input(5), context.optionalInput(6),
                  context.attributes().getFloat("epsilon", 1e-12f));
    if (context.hasOutput(1)) {
        Tensor lengths(DType::Int32, {ids.shape()[0]});
        const std::vector<int64_t> mask =
            context.hasInput(7) ? context.ints(7) : std::vector<int64_t>();
        for (size_t b = 0; int32_t & count : lengths.mutableValues<int32_t>()) {
            count = 0;
            for (int64_t i = 0; i < length && !mask.empty(); ++i)
                count += mask.at(b * static_cast<size_t>(length) + static_cast<size_t>(i)) != 0;
            ++b;
        }
        context.setOutput(1, device.fromHost(lengths));
    }
    if (context.hasOutput(2))
        context.setOutput(2, sum);
}

/// Inputs as above, tables, gamma and beta of 8 bits; after the mask their scales and then their
/// zero points.
void runQEmbedLayerNormalization(OpContext& context) {
    std::vector<Tensor> inputs;
    for (size_t i = 0; i < 8; ++i)
        inputs.push_back(context.hasInput(i) ? context.input(i) : Tensor());
    for (size_t i = 2; i < 7; ++i)
        if (inputs[i].isDefined())
            inputs[i] = dequantized(context.device(), inputs[i], context.input(i + 6),
                                    context.optionalInput(i + 11));
    std::vector<Tensor> outputs = applied(
        context, {.run = runEmbedLayerNormalization, .outputs = context.outputCount()}, inputs);
    for (size_t i = 0; i < outputs.size(); ++i)
        if (context.hasOutput(i))
            context.setOutput(i, outputs[i]);
}

}  // namespace clipscope::runtime
