// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/quantized_operators.h"

#include "analysis/base/error.h"
#include "analysis/runtime/ops/apply.h"
#include "analysis/runtime/ops/binary.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/layout.h"
#include "analysis/runtime/ops/pool.h"
#include "analysis/runtime/ops/quantize.h"
#include "analysis/runtime/ops/reduce.h"
#include "analysis/runtime/ops/softmax.h"
#include "analysis/runtime/ops/unary.h"

namespace clipscope::runtime {
namespace {

constexpr int kOpset = 13;  // where attributes are as these operators have them

/// The operand whose values are input `i`, as float32 on the device.
Tensor operand(OpContext& context, size_t i) {
    return context.device().fromHost(
        dequantized(context.input(i), context.input(i + 1), context.optionalInput(i + 2)));
}

/// Sets output 0 to y, quantized by the scale of input `i` and its zero point.
void setQuantized(OpContext& context, const Tensor& y, size_t i, DType withoutZeroPoint) {
    const Tensor* zeroPoint = context.optionalInput(i + 1);
    const DType type = zeroPoint ? zeroPoint->type() : withoutZeroPoint;
    Device& device = context.device();
    context.setOutput(
        0, device.fromHost(quantizedTo(type, device.toHost(y), context.input(i), zeroPoint)));
}

/// Of operators with one operand.
void runOne(OpContext& context, void (*run)(OpContext&), int opset = kOpset) {
    const Tensor y = applied(context, {.run = run, .opset = opset}, {operand(context, 0)}).at(0);
    setQuantized(context, y, 3, context.input(0).type());
}

void runTwo(OpContext& context, void (*run)(OpContext&)) {
    const Tensor y =
        applied(context, {.run = run, .opset = kOpset}, {operand(context, 0), operand(context, 3)})
            .at(0);
    setQuantized(context, y, 6, context.input(0).type());
}

float scalarOf(const Tensor* tensor) {
    return tensor ? convertedOnHost(*tensor, DType::Float32).values<float>()[0] : 0;
}

/// The operand whose values are input `i` as it is added in units of the result's scale:
/// values * ratio + offset.
Tensor addend(OpContext& context, size_t i, float ratio, float offset) {
    const Tensor values = convertedOnHost(context.input(i), DType::Float32);
    Tensor y(DType::Float32, values.shape());
    const auto from = values.values<float>();
    const auto to = y.mutableValues<float>();
    for (size_t k = 0; k < from.size(); ++k)
        to[k] = from[k] * ratio + offset;
    return context.device().fromHost(y);
}

void requireChannelsFirst(const OpContext& context) {
    if (context.attributes().getInt("channels_last", 0) != 0)
        throw Error(ErrorCode::Unsupported, "channels_last is not supported");
}

}  // namespace

/// The sums are made in units of the result's scale, in the order in which ONNX Runtime makes them:
/// residual networks have so many that some lie where the last bit decides how they round.
void runQLinearAdd(OpContext& context) {
    const float scale = scalarOf(&context.input(6));
    const float ratioA = scalarOf(&context.input(1)) / scale;
    const float ratioB = scalarOf(&context.input(4)) / scale;
    const float offset =
        scalarOf(context.optionalInput(7)) -
        (ratioA * scalarOf(context.optionalInput(2)) + ratioB * scalarOf(context.optionalInput(5)));
    const Tensor a = addend(context, 0, ratioA, offset);
    const Tensor b = addend(context, 3, ratioB, 0);
    Device& device = context.device();
    Tensor sum = device.allocate(DType::Float32, broadcast(a.shape(), b.shape()));
    device.binary(BinaryFunction::Add, a, b, sum);
    const DType type = context.hasInput(7) ? context.input(7).type() : context.input(0).type();
    context.setOutput(
        0, device.fromHost(quantizedTo(type, device.toHost(sum), Tensor::scalar(1.0f), nullptr)));
}

void runQLinearAveragePool(OpContext& context) {
    requireChannelsFirst(context);
    runOne(context, runAveragePool);
}

void runQLinearGlobalAveragePool(OpContext& context) {
    requireChannelsFirst(context);
    runOne(context, runGlobalAveragePool);
}

void runQLinearLeakyRelu(OpContext& context) {
    runOne(context, runLeakyRelu);
}

void runQLinearMul(OpContext& context) {
    runTwo(context, runBinary<BinaryFunction::Mul>);
}

void runQLinearReduceMean(OpContext& context) {
    runOne(context, runReduce<ReduceKind::Mean>);
}

void runQLinearSigmoid(OpContext& context) {
    runOne(context, runUnary<UnaryFunction::Sigmoid>);
}

/// Its attribute `opset` says of which opset's Softmax it was made.
void runQLinearSoftmax(OpContext& context) {
    const int64_t opset = context.attributes().getInt("opset", kOpset);
    runOne(context, opset < 13 ? runSoftmaxFlattened : runSoftmax, static_cast<int>(opset));
}

/// The result's scale and zero point come first, then the operands.
void runQLinearConcat(OpContext& context) {
    std::vector<Tensor> operands;
    for (size_t i = 2; i + 2 < context.inputCount(); i += 3)
        operands.push_back(operand(context, i));
    const Tensor y =
        applied(context, {.run = runConcat, .opset = kOpset}, std::move(operands)).at(0);
    setQuantized(context, y, 0, context.input(2).type());
}

void runQLinearWhere(OpContext& context) {
    Device& device = context.device();
    const Tensor condition = device.fromHost(context.input(0));
    const Tensor a = operand(context, 1);
    const Tensor b = operand(context, 4);
    const Shape shape = broadcast(condition.shape(), broadcast(a.shape(), b.shape()));
    Tensor y = device.allocate(DType::Float32, shape);
    device.where(condition, a, b, y);
    setQuantized(context, y, 7, context.input(1).type());
}

}  // namespace clipscope::runtime
