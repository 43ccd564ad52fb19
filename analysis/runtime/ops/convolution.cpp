// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/convolution.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/ops/double_precision.h"
#include "analysis/runtime/ops/spatial.h"
#include "analysis/runtime/ops/wide_convolution.h"

namespace clipscope::runtime {
namespace {

struct Operands {
    const Tensor& x;
    const Tensor& weights;
    const Tensor* bias;
    int64_t groups;
    int64_t outputs;  ///< channels of y
};

/// Input 2 may be absent or, as some exporters write it, empty.
const Tensor* biasOf(const OpContext& context) {
    const Tensor* bias = context.optionalInput(2);
    return bias && bias->elementCount() > 0 ? bias : nullptr;
}

Operands operandsOf(const OpContext& context, bool transposed) {
    const Tensor& x = context.input(0);
    const Tensor& weights = context.input(1);
    const int64_t groups = context.attributes().getInt("group", 1);
    if (x.rank() < 3 || weights.rank() != x.rank())
        throw Error(ErrorCode::BadInput,
                    fmt::format("input {} and weights {} need equal ranks of at least 3",
                                x.shape().toString(), weights.shape().toString()));
    const Shape& w = weights.shape();
    const int64_t inputs = transposed ? w[0] : w[1] * groups;
    if (groups < 1 || x.shape()[1] != inputs || w[0] % groups != 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("input {} does not fit weights {} with {} groups",
                                x.shape().toString(), w.toString(), groups));
    const int64_t outputs = transposed ? w[1] * groups : w[0];
    const Tensor* bias = biasOf(context);
    if (bias && bias->shape() != Shape{outputs})
        throw Error(ErrorCode::BadInput, fmt::format("bias {} does not fit weights {}",
                                                     bias->shape().toString(), w.toString()));
    return {x, weights, bias, groups, outputs};
}

std::vector<int64_t> kernelOf(const OpContext& context, const Tensor& weights) {
    const std::vector<int64_t> kernel = spatialExtents(weights.shape());
    const auto declared = context.attributes().getInts("kernel_shape", kernel);
    if (declared != kernel)
        throw Error(ErrorCode::BadInput,
                    fmt::format("kernel_shape {} is not that of weights {}",
                                Shape(declared).toString(), weights.shape().toString()));
    return kernel;
}

ConvolutionParameters parametersOf(const SpatialWindow& window, const OpContext& context,
                                   int64_t groups) {
    ConvolutionParameters parameters;
    parameters.strides = window.strides;
    parameters.dilations = window.dilations;
    parameters.padsBegin = window.padsBegin;
    parameters.padsEnd = window.padsEnd;
    parameters.groups = groups;
    parameters.weightsAreConstant = context.isConstant(1);
    return parameters;
}

Shape outputShape(const Operands& operands, const SpatialWindow& window) {
    std::vector<int64_t> extents{operands.x.shape()[0], operands.outputs};
    extents.insert(extents.end(), window.output.begin(), window.output.end());
    return Shape(std::move(extents));
}

Tensor& allocateOutput(OpContext& context, const Operands& operands, const SpatialWindow& window,
                       Layout layout = Layout::RowMajor) {
    return context.output(0, operands.x.type(), outputShape(operands, window), layout);
}

void convolveDouble(OpContext& context, const ConvolutionParameters& parameters,
                    const Operands& operands, const SpatialWindow& window) {
    Device& device = context.device();
    const auto host = [&](const Tensor& tensor) {
        return device.toHost(toRowMajor(device, tensor));
    };
    const Tensor bias = operands.bias ? host(*operands.bias) : Tensor();
    const Tensor y =
        convolvedInDouble(parameters, host(operands.x), host(operands.weights),
                          operands.bias ? &bias : nullptr, outputShape(operands, window));
    context.setOutput(0, device.fromHost(y));
}

}  // namespace

void runConv(OpContext& context) {
    const Operands operands = operandsOf(context, false);
    const SpatialWindow window =
        slidingWindow(context.attributes(), kernelOf(context, operands.weights),
                      spatialExtents(operands.x.shape()));
    Device& device = context.device();
    const ConvolutionParameters parameters = parametersOf(window, context, operands.groups);
    const Tensor weights = toRowMajor(device, operands.weights);
    if (operands.x.type() == DType::Float64)
        return convolveDouble(context, parameters, operands, window);
    if (isWide(device, Shape(window.output))) {
        Tensor& y = allocateOutput(context, operands, window);
        convolveInPieces(device, parameters, toRowMajor(device, operands.x), weights, operands.bias,
                         y, context.state());
        return;
    }
    const Layout layout = device.convolutionLayout(parameters, operands.x.shape());
    const Tensor x = layout == Layout::RowMajor ? toRowMajor(device, operands.x)
                                                : toChannelsLast(device, operands.x);
    Tensor& y = allocateOutput(context, operands, window, layout);
    device.convolve(parameters, x, weights, operands.bias, y, context.state());
}

void runConvTranspose(OpContext& context) {
    const Operands operands = operandsOf(context, true);
    const std::vector<int64_t> input = spatialExtents(operands.x.shape());
    const SpatialWindow window =
        transposedWindow(context.attributes(), kernelOf(context, operands.weights), input);
    ConvolutionParameters parameters = parametersOf(window, context, operands.groups);
    parameters.transposed = true;
    // What output_padding or output_shape adds lies at the end: pads that may be negative.
    for (size_t axis = 0; axis < input.size(); ++axis)
        parameters.padsEnd[axis] = (input[axis] - 1) * window.strides[axis] + window.reach(axis) -
                                   window.padsBegin[axis] - window.output[axis];
    if (operands.x.type() == DType::Float64)
        return convolveDouble(context, parameters, operands, window);
    Tensor& y = allocateOutput(context, operands, window);
    context.device().convolve(parameters, operands.x, operands.weights, operands.bias, y,
                              context.state());
}

}  // namespace clipscope::runtime
