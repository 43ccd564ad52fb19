// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/double_precision.h"
#include "analysis/runtime/ops/normalization.h"

namespace clipscope::runtime {
namespace {

/// y = x * scale + shift; kept in the node's state while its four parameters are constant.
struct Folded {
    Tensor scale;
    Tensor shift;
};

Folded fold(OpContext& context) {
    const int64_t channels = context.input(0).shape()[1];
    std::vector<Tensor> parameters;
    for (size_t i = 1; i < 5; ++i) {
        const Tensor& parameter = context.input(i);
        if (parameter.shape() != Shape{channels})
            throw Error(ErrorCode::BadInput,
                        fmt::format("input {} is {}, but x is {}", i, parameter.shape().toString(),
                                    context.input(0).shape().toString()));
        if (parameter.type() != DType::Float32 && parameter.type() != DType::Float64)
            throw Error(ErrorCode::Unsupported,
                        fmt::format("BatchNormalization needs parameters of float32 or float64, "
                                    "not {}",
                                    name(parameter.type())));
        parameters.push_back(convertedOnHost(context.device().toHost(parameter), DType::Float64));
    }
    const double epsilon = static_cast<double>(context.attributes().getFloat("epsilon", 1e-5f));
    Folded folded{Tensor(DType::Float64, {channels}), Tensor(DType::Float64, {channels})};
    for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
        const auto of = [&](size_t i) { return parameters[i].values<double>()[c]; };
        const double scale = of(0) / std::sqrt(of(3) + epsilon);
        folded.scale.mutableValues<double>()[c] = scale;
        folded.shift.mutableValues<double>()[c] = of(1) - of(2) * scale;
    }
    const DType type = context.input(0).type();
    return {context.device().fromHost(convertedOnHost(folded.scale, type)),
            context.device().fromHost(convertedOnHost(folded.shift, type))};
}

void refuseTraining(const OpContext& context) {
    bool trains = context.attributes().getInt("training_mode", 0) != 0;
    for (size_t i = 1; i < context.outputCount(); ++i)
        trains = trains || context.hasOutput(i);
    if (trains || context.attributes().getInt("spatial", 1) == 0)
        throw Error(ErrorCode::Unsupported,
                    "BatchNormalization in training mode (or with spatial = 0) is not supported; "
                    "export the model for inference");
}

}  // namespace

void runBatchNormalization(OpContext& context) {
    refuseTraining(context);
    const Tensor& x = context.input(0);
    if (x.rank() < 2)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the input {} has no channels", x.shape().toString()));
    bool areConstant = true;
    for (size_t i = 1; i < 5; ++i)
        areConstant = areConstant && context.isConstant(i);
    if (!areConstant || !context.state().has_value())
        context.state() = fold(context);
    const auto& folded = std::any_cast<const Folded&>(context.state());
    if (folded.scale.shape()[0] != x.shape()[1])
        throw Error(ErrorCode::BadInput,
                    fmt::format("the input {} does not have {} channels", x.shape().toString(),
                                folded.scale.shape()[0]));
    Device& device = context.device();
    if (x.type() == DType::Float64) {
        const Tensor y = scaledInDouble(device.toHost(toRowMajor(device, x)),
                                        device.toHost(folded.scale), device.toHost(folded.shift));
        context.setOutput(0, device.fromHost(y));
        return;
    }
    if (x.layout() == Layout::RowMajor)
        return device.scaleShift(x, folded.scale, folded.shift,
                                 context.output(0, x.type(), x.shape()));
    // The positions of a channels-last tensor are so many samples without positions.
    const Tensor inOrder = x.inMemoryOrder();
    const int64_t channels = x.shape()[1];
    const Shape matrix{channels == 0 ? 0 : x.elementCount() / channels, channels};
    Tensor y = device.allocate(x.type(), inOrder.shape());
    Tensor rows = y.reshaped(matrix);
    device.scaleShift(inOrder.reshaped(matrix), folded.scale, folded.shift, rows);
    context.setOutput(0, y.asChannelsLast());
}

}  // namespace clipscope::runtime
