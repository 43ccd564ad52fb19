// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/binary.h"

#include "analysis/base/error.h"
#include "analysis/runtime/ops/convert.h"

namespace clipscope::runtime {
Tensor computed(Device& device, BinaryFunction function, const Tensor& a, const Tensor& b) {
    Tensor y = device.allocate(a.type(), broadcast(a.shape(), b.shape()));
    device.binary(function, a, b, y);
    return y;
}

Tensor added(Device& device, const Tensor& a, const Tensor& b) {
    return computed(device, BinaryFunction::Add, a, b);
}

Tensor accumulated(OpContext& context, BinaryFunction function) {
    Tensor result = context.input(0);
    for (size_t i = 1; i < context.inputCount(); ++i)
        result = computed(context.device(), function, result, context.input(i));
    return result;
}

void runBitShift(OpContext& context) {
    const std::string direction = context.attributes().getString("direction", "");
    if (direction != "LEFT" && direction != "RIGHT")
        throw Error(ErrorCode::BadInput, "there is no direction '" + direction + "'");
    context.setOutput(
        0, computed(context.device(),
                    direction == "LEFT" ? BinaryFunction::ShiftLeft : BinaryFunction::ShiftRight,
                    context.input(0), context.input(1)));
}

void runMean(OpContext& context) {
    Device& device = context.device();
    const Tensor sum = accumulated(context, BinaryFunction::Add);
    const Tensor count = device.fromHost(Tensor::scalar(static_cast<float>(context.inputCount())));
    context.setOutput(
        0, computed(device, BinaryFunction::Div, sum, converted(device, count, sum.type())));
}

void runMod(OpContext& context) {
    const bool likeC = context.attributes().getInt("fmod", 0) != 0;
    context.setOutput(
        0, computed(context.device(), likeC ? BinaryFunction::ModFloat : BinaryFunction::Mod,
                    context.input(0), context.input(1)));
}

/// Base and exponent may have different types; the result has the base's.
void runPow(OpContext& context) {
    Device& device = context.device();
    const Tensor& base = context.input(0);
    const Tensor& exponent = context.input(1);
    const bool throughDouble = !isFloat(base.type()) && isFloat(exponent.type());
    const DType type = throughDouble ? DType::Float64 : base.type();
    const Tensor y = computed(device, BinaryFunction::Pow, converted(device, base, type),
                              converted(device, exponent, type));
    context.setOutput(0, converted(device, y, base.type()));
}

void runPRelu(OpContext& context) {
    const Tensor& x = context.input(0);
    const Tensor& slope = context.input(1);
    if (broadcast(x.shape(), slope.shape()) != x.shape())
        throw Error(ErrorCode::BadInput, "the slope " + slope.toString() +
                                             " does not broadcast to the input " + x.toString());
    context.setOutput(0, computed(context.device(), BinaryFunction::PRelu, x, slope));
}

void runWhere(OpContext& context) {
    const Tensor& condition = context.input(0);
    const Tensor& a = context.input(1);
    const Tensor& b = context.input(2);
    Tensor& y =
        context.output(0, a.type(), broadcast(condition.shape(), broadcast(a.shape(), b.shape())));
    context.device().where(condition, a, b, y);
}

}  // namespace clipscope::runtime
