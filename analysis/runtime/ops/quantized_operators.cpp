// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/quantized_operators.h"

#include <numeric>
#include <optional>

#include "analysis/base/error.h"
#include "analysis/runtime/functors/quantize.h"
#include "analysis/runtime/ops/apply.h"
#include "analysis/runtime/ops/binary.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/kept_state.h"
#include "analysis/runtime/ops/layout.h"
#include "analysis/runtime/ops/pool.h"
#include "analysis/runtime/ops/quantize.h"
#include "analysis/runtime/ops/reduce.h"
#include "analysis/runtime/ops/softmax.h"
#include "analysis/runtime/ops/unary.h"

namespace clipscope::runtime {
namespace {

constexpr int kOpset = 13;  // where attributes are as these operators have them

/// The operand whose values are input `i`, as float32, in the layout of the values.
Tensor operand(OpContext& context, size_t i) {
    const Tensor& x = context.input(i);
    const Tensor y = dequantized(context.device(), x.inMemoryOrder(), context.input(i + 1),
                                 context.optionalInput(i + 2));
    return x.layout() == Layout::ChannelsLast ? y.asChannelsLast() : y;
}

/// y quantized by the scale of input `i` and its zero point.
Tensor quantizedAs(OpContext& context, const Tensor& y, size_t i, DType withoutZeroPoint) {
    const Tensor* zeroPoint = context.optionalInput(i + 1);
    return quantizedTo(context.device(), zeroPoint ? zeroPoint->type() : withoutZeroPoint, y,
                       context.input(i), zeroPoint);
}

void setQuantized(OpContext& context, const Tensor& y, size_t i, DType withoutZeroPoint) {
    context.setOutput(0, quantizedAs(context, y, i, withoutZeroPoint));
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

/// 0 where it is null.
float scalarOf(OpContext& context, const Tensor* tensor) {
    if (tensor && tensor->elementCount() != 1)
        throw Error(ErrorCode::BadInput, tensor->toString() + " is no scale or zero point of all");
    return tensor ? convertedOnHost(context.device().toHost(*tensor), DType::Float32)
                        .values<float>()[0]
                  : 0;
}

bool isByte(DType type) {
    return type == DType::Int8 || type == DType::UInt8;
}

/// What becomes of each byte under a function of one element.
Tensor lookUpTable(OpContext& context, void (*run)(OpContext&)) {
    Tensor every(context.input(0).type(), {256});
    auto* byte = reinterpret_cast<uint8_t*>(every.mutableBytes());
    std::iota(byte, byte + 256, uint8_t{0});
    const Tensor wide =
        dequantized(context.device(), every, context.input(1), context.optionalInput(2));
    // `run` may need a state of its own, which lasts as long as it does.
    NodeState state;
    const Tensor values =
        applied(context, {.run = run, .opset = kOpset, .state = &state}, {wide}).at(0);
    return quantizedAs(context, values, 3, every.type());
}

/// Output 0 for a function of one element: what becomes of each byte is looked up.
void setLookedUp(OpContext& context, void (*run)(OpContext&)) {
    const Tensor& x = context.input(0);
    if (!isByte(x.type()))
        throw Error(ErrorCode::Unsupported, x.toString() + " is not supported");
    bool isConstant = true;
    for (size_t i = 1; i < context.inputCount(); ++i)
        isConstant &= !context.hasInput(i) || context.isConstant(i);
    Device& device = context.device();
    auto& table = keptState<Tensor>(context.state());
    if (!isConstant || !table.isDefined())
        table = device.resident(lookUpTable(context, run));
    Tensor y = device.allocate(table.type(), x.shape());
    device.lookUp(x, table, y);
    context.setOutput(0, y);
}

/// Of a sum: the scales over the result's, and the zero points.
QuantizedSum sumOf(OpContext& context) {
    const auto scalar = [&](size_t i) { return scalarOf(context, context.optionalInput(i)); };
    const float scale = scalarOf(context, &context.input(6));
    QuantizedSum sum;
    sum.ratioA = scalarOf(context, &context.input(1)) / scale;
    sum.ratioB = scalarOf(context, &context.input(4)) / scale;
    sum.offset = scalar(7) - (sum.ratioA * scalar(2) + sum.ratioB * scalar(5));
    return sum;
}

/// The same, kept where all of it is constant: it is read from the device.
QuantizedSum keptSumOf(OpContext& context) {
    bool isConstant = true;
    for (const size_t i : {1, 2, 4, 5, 6, 7})
        isConstant &= !context.hasInput(i) || context.isConstant(i);
    auto& kept = keptState<std::optional<QuantizedSum>>(context.state());
    if (!isConstant || !kept)
        kept = sumOf(context);
    return *kept;
}

/// x * ratio + offset, float32.
Tensor addend(OpContext& context, const Tensor& x, float ratio, float offset) {
    Device& device = context.device();
    const Tensor values = converted(device, x, DType::Float32);
    Tensor scaled = device.allocate(DType::Float32, x.shape());
    device.binary(BinaryFunction::Mul, values, device.fromHost(Tensor::scalar(ratio)), scaled);
    Tensor y = device.allocate(DType::Float32, x.shape());
    device.binary(BinaryFunction::Add, scaled, device.fromHost(Tensor::scalar(offset)), y);
    return y;
}

}  // namespace

/// In units of the result's scale (functors/quantize.h).
void runQLinearAdd(OpContext& context) {
    const QuantizedSum form = keptSumOf(context);
    const Tensor& a = context.input(0);
    const Tensor& b = context.input(3);
    const DType type = context.hasInput(7) ? context.input(7).type() : a.type();
    Device& device = context.device();
    if (a.type() == type && b.type() == type && a.shape() == b.shape() && isByte(type)) {
        Tensor y = device.allocate(type, a.shape());
        device.addQuantized(form, a, b, y);
        context.setOutput(0, y);
        return;
    }
    const Tensor left = addend(context, a, form.ratioA, form.offset);
    const Tensor right = addend(context, b, form.ratioB, 0);
    Tensor sum = device.allocate(DType::Float32, broadcast(left.shape(), right.shape()));
    device.binary(BinaryFunction::Add, left, right, sum);
    context.setOutput(0, quantizedTo(device, type, sum, Tensor::scalar(1.0f), nullptr));
}

void runQLinearAveragePool(OpContext& context) {
    runOne(context, runAveragePool);
}

void runQLinearGlobalAveragePool(OpContext& context) {
    runOne(context, runGlobalAveragePool);
}

void runQLinearLeakyRelu(OpContext& context) {
    setLookedUp(context, runLeakyRelu);
}

void runQLinearMul(OpContext& context) {
    runTwo(context, runBinary<BinaryFunction::Mul>);
}

void runQLinearReduceMean(OpContext& context) {
    runOne(context, runReduce<ReduceKind::Mean>);
}

void runQLinearSigmoid(OpContext& context) {
    setLookedUp(context, runUnary<UnaryFunction::Sigmoid>);
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
    const Tensor& condition = context.input(0);
    const Tensor a = operand(context, 1);
    const Tensor b = operand(context, 4);
    const Shape shape = broadcast(condition.shape(), broadcast(a.shape(), b.shape()));
    Tensor y = device.allocate(DType::Float32, shape);
    device.where(condition, a, b, y);
    setQuantized(context, y, 7, context.input(1).type());
}

}  // namespace clipscope::runtime
