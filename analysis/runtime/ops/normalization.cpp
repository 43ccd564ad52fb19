// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/normalization.h"

#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/double_precision.h"

namespace clipscope::runtime {
namespace {

[[noreturn]] void doesNotFit(const char* what, const Tensor& tensor, const Tensor& x) {
    throw Error(ErrorCode::BadInput, fmt::format("{} {} does not fit the input {}", what,
                                                 tensor.shape().toString(), x.shape().toString()));
}

/// Each element `times` times in a row.
Tensor repeated(OpContext& context, const Tensor& tensor, int64_t times) {
    const Tensor host = context.device().toHost(tensor);
    std::vector<double> values;
    for (const double value : toDoubles(host))
        values.insert(values.end(), static_cast<size_t>(times), value);
    const Tensor all = Tensor::of<double>({std::ssize(values)}, std::span<const double>(values));
    return context.device().fromHost(convertedOnHost(all, tensor.type()));
}

/// Device::layerNormalize, of float64 too.
Tensor layerNormalized(Device& device, const Tensor& x, size_t axis, float epsilon, bool rms,
                       const Tensor* scale, const Tensor* bias) {
    if (x.type() != DType::Float64) {
        Tensor y = device.allocate(x.type(), x.shape());
        device.layerNormalize(x, axis, epsilon, rms, scale, bias, y);
        return y;
    }
    const Tensor hostScale = scale ? device.toHost(*scale) : Tensor();
    const Tensor hostBias = bias ? device.toHost(*bias) : Tensor();
    return device.fromHost(
        layerNormalizedInDouble(device.toHost(x), axis, static_cast<double>(epsilon), rms,
                                scale ? &hostScale : nullptr, bias ? &hostBias : nullptr));
}

void requireChannels(const Tensor& x) {
    if (x.rank() < 3 || x.elementCount() == 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the input {} needs batch, channels and spatial axes, none empty",
                                x.shape().toString()));
}

/// Leading extents of 1 aside, the shape of x's axes from `axis`.
bool coversTail(const Tensor& tensor, const Tensor& x, size_t axis) {
    const Shape& shape = tensor.shape();
    if (shape.rank() > x.rank() || tensor.elementCount() != x.shape().elementCount(axis, x.rank()))
        return false;
    for (size_t i = 0; i < shape.rank(); ++i)
        if (shape[shape.rank() - 1 - i] != 1 &&
            shape[shape.rank() - 1 - i] != x.shape()[x.rank() - 1 - i])
            return false;
    return true;
}

/// The optional outputs Mean and InvStdDev of LayerNormalization.
void writeMoments(OpContext& context, size_t axis, float epsilon) {
    const Tensor x = convertedOnHost(context.device().toHost(context.input(0)), DType::Float32);
    std::vector<int64_t> extents = x.shape().extents();
    std::fill(extents.begin() + static_cast<std::ptrdiff_t>(axis), extents.end(), 1);
    Tensor means(DType::Float32, Shape(extents));
    Tensor inverses(DType::Float32, Shape(extents));
    const auto length = static_cast<size_t>(x.shape().elementCount(axis, x.rank()));
    for (size_t row = 0; row < static_cast<size_t>(means.elementCount()); ++row) {
        const auto values = x.values<float>().subspan(row * length, length);
        double sum = 0;
        double squares = 0;
        for (const float value : values)
            sum += static_cast<double>(value);
        const double mean = sum / static_cast<double>(length);
        for (const float value : values)
            squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
        const double variance = squares / static_cast<double>(length);
        means.mutableValues<float>()[row] = static_cast<float>(mean);
        inverses.mutableValues<float>()[row] =
            static_cast<float>(1 / std::sqrt(variance + static_cast<double>(epsilon)));
    }
    if (context.hasOutput(1))
        context.setOutput(1, context.device().fromHost(means));
    if (context.hasOutput(2))
        context.setOutput(2, context.device().fromHost(inverses));
}

void normalizeTail(OpContext& context, bool rms, const Tensor* bias) {
    const Tensor& x = context.input(0);
    const Tensor& scale = context.input(1);
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", -1), x.rank());
    const float epsilon = context.attributes().getFloat("epsilon", 1e-5f);
    if (!coversTail(scale, x, axis))
        doesNotFit("the scale", scale, x);
    if (bias && !coversTail(*bias, x, axis))
        doesNotFit("the bias", *bias, x);
    context.setOutput(0, layerNormalized(context.device(), x, axis, epsilon, rms, &scale, bias));
    if (context.hasOutput(1) || context.hasOutput(2))
        writeMoments(context, axis, epsilon);
}

}  // namespace

Tensor groupNormalized(Device& device, const Tensor& x, int64_t groups, float epsilon,
                       const Tensor& scale, const Tensor& bias) {
    requireChannels(x);
    const Shape& shape = x.shape();
    if (groups < 1 || shape[1] % groups != 0)
        throw Error(ErrorCode::BadInput, fmt::format("{} groups do not divide the channels of {}",
                                                     groups, shape.toString()));
    for (const Tensor* perChannel : {&scale, &bias})
        if (perChannel->shape() != Shape{shape[1]})
            doesNotFit(perChannel == &scale ? "the scale" : "the bias", *perChannel, x);
    const Shape grouped{shape[0], groups, shape.elementCount(1, shape.rank()) / groups};
    const Tensor normalized =
        layerNormalized(device, x.reshaped(grouped), 2, epsilon, false, nullptr, nullptr)
            .reshaped(shape);
    if (x.type() == DType::Float64)
        return device.fromHost(
            scaledInDouble(device.toHost(normalized), device.toHost(scale), device.toHost(bias)));
    Tensor y = device.allocate(x.type(), shape);
    device.scaleShift(normalized, scale, bias, y);
    return y;
}

void runInstanceNormalization(OpContext& context) {
    const Tensor& x = context.input(0);
    requireChannels(x);
    context.setOutput(0, groupNormalized(context.device(), x, x.shape()[1],
                                         context.attributes().getFloat("epsilon", 1e-5f),
                                         context.input(1), context.input(2)));
}

void runGroupNormalization(OpContext& context) {
    const Tensor& x = context.input(0);
    requireChannels(x);
    const int64_t channels = x.shape()[1];
    const int64_t groups = context.attributes().getInt("num_groups");
    Tensor perChannel[2] = {context.input(1), context.input(2)};
    // Before opset 21 scale and bias have an element per group.
    if (context.opset() < 21 && groups > 0)
        for (Tensor& tensor : perChannel) {
            if (tensor.shape() != Shape{groups})
                doesNotFit(&tensor == perChannel ? "the scale" : "the bias", tensor, x);
            tensor = repeated(context, tensor, channels / groups);
        }
    context.setOutput(0, groupNormalized(context.device(), x, groups,
                                         context.attributes().getFloat("epsilon", 1e-5f),
                                         perChannel[0], perChannel[1]));
}

void runLayerNormalization(OpContext& context) {
    normalizeTail(context, false, context.optionalInput(2));
}

void runRmsNormalization(OpContext& context) {
    normalizeTail(context, true, nullptr);
}

}  // namespace clipscope::runtime
