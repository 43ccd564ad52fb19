// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/quantized_operators.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/simd.h"
#include "analysis/runtime/cpu/vectorize.h"
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

constexpr int64_t kGrain = 16384;
constexpr int kOpset = 13;  // where attributes are as these operators have them

/// The operand whose values are input `i`, as float32 on the device, in the layout of the values.
Tensor operand(OpContext& context, size_t i) {
    const Tensor& x = context.input(i);
    const Tensor y =
        dequantized(x.inMemoryOrder(), context.input(i + 1), context.optionalInput(i + 2));
    return context.device().fromHost(x.layout() == Layout::ChannelsLast ? y.asChannelsLast() : y);
}

/// y on the host, quantized by the scale of input `i` and its zero point.
Tensor quantizedAs(OpContext& context, const Tensor& y, size_t i, DType withoutZeroPoint) {
    const Tensor* zeroPoint = context.optionalInput(i + 1);
    return quantizedTo(zeroPoint ? zeroPoint->type() : withoutZeroPoint, context.device().toHost(y),
                       context.input(i), zeroPoint);
}

void setQuantized(OpContext& context, const Tensor& y, size_t i, DType withoutZeroPoint) {
    context.setOutput(0, context.device().fromHost(quantizedAs(context, y, i, withoutZeroPoint)));
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
float scalarOf(const Tensor* tensor) {
    if (tensor && tensor->elementCount() != 1)
        throw Error(ErrorCode::BadInput, tensor->toString() + " is no scale or zero point of all");
    return tensor ? convertedOnHost(*tensor, DType::Float32).values<float>()[0] : 0;
}

bool isByte(DType type) {
    return type == DType::Int8 || type == DType::UInt8;
}

/// Output 0 for a function of one element: what becomes of each byte is looked up.
void setLookedUp(OpContext& context, void (*run)(OpContext&)) {
    const Tensor& x = context.input(0);
    if (!isByte(x.type()))
        throw Error(ErrorCode::Unsupported, x.toString() + " is not supported");
    Tensor every(x.type(), {256});
    auto* byte = reinterpret_cast<uint8_t*>(every.mutableBytes());
    std::iota(byte, byte + 256, uint8_t{0});
    Device& device = context.device();
    const Tensor wide =
        device.fromHost(dequantized(every, context.input(1), context.optionalInput(2)));
    const Tensor values =
        device.toHost(applied(context, {.run = run, .opset = kOpset}, {wide}).at(0));
    const Tensor table = quantizedAs(context, values, 3, x.type());
    Tensor y(table.type(), x.shape());
    const auto* from = reinterpret_cast<const uint8_t*>(x.bytes());
    const std::byte* to = table.bytes();
    std::byte* result = y.mutableBytes();
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        for (int64_t k = begin; k < end; ++k)
            result[k] = to[from[k]];
    });
    context.setOutput(0, device.fromHost(y));
}

/// How the operands of a sum are added, in units of its scale: a ratioA + offset + b ratioB.
struct SumForm {
    float ratioA, ratioB, offset;
};

template <typename T>
CLIPSCOPE_INLINE void addAll(const SumForm& form, const T* a, const T* b, T* y, int64_t count) {
    constexpr auto kLow = static_cast<float>(std::numeric_limits<T>::min());
    for (int64_t i = 0; i < count; ++i) {
        const float sum = std::rint((static_cast<float>(a[i]) * form.ratioA + form.offset) +
                                    static_cast<float>(b[i]) * form.ratioB);
        const float raised = sum > kLow ? sum : kLow;
        y[i] = static_cast<T>(static_cast<int32_t>(raised < kLow + 255 ? raised : kLow + 255));
    }
}

template <typename T>
CLIPSCOPE_AVX512 void addAvx512(const SumForm& form, const T* a, const T* b, T* y, int64_t count) {
    addAll(form, a, b, y, count);
}

template <typename T>
CLIPSCOPE_AVX2 void addAvx2(const SumForm& form, const T* a, const T* b, T* y, int64_t count) {
    addAll(form, a, b, y, count);
}

template <typename T>
Tensor sumOf(const SumForm& form, const Tensor& a, const Tensor& b) {
    Tensor y(a.type(), a.shape());
    const T* left = a.values<T>().data();
    const T* right = b.values<T>().data();
    T* to = y.mutableValues<T>().data();
    parallelFor(a.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        const auto add = hasAvx512() ? addAvx512<T> : hasAvx2() ? addAvx2<T> : addAll<T>;
        add(form, left + begin, right + begin, to + begin, end - begin);
    });
    return y;
}

/// x * ratio + offset, float32.
Tensor addend(OpContext& context, const Tensor& x, float ratio, float offset) {
    Device& device = context.device();
    const Tensor values = device.fromHost(convertedOnHost(x, DType::Float32));
    Tensor scaled = device.allocate(DType::Float32, x.shape());
    device.binary(BinaryFunction::Mul, values, device.fromHost(Tensor::scalar(ratio)), scaled);
    Tensor y = device.allocate(DType::Float32, x.shape());
    device.binary(BinaryFunction::Add, scaled, device.fromHost(Tensor::scalar(offset)), y);
    return y;
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
    const Tensor& a = context.input(0);
    const Tensor& b = context.input(3);
    const DType type = context.hasInput(7) ? context.input(7).type() : a.type();
    Device& device = context.device();
    if (a.type() == type && b.type() == type && a.shape() == b.shape() && isByte(type)) {
        const SumForm form{ratioA, ratioB, offset};
        const Tensor y =
            type == DType::Int8 ? sumOf<int8_t>(form, a, b) : sumOf<uint8_t>(form, a, b);
        context.setOutput(0, device.fromHost(y));
        return;
    }
    const Tensor left = addend(context, a, ratioA, offset);
    const Tensor right = addend(context, b, ratioB, 0);
    Tensor sum = device.allocate(DType::Float32, broadcast(left.shape(), right.shape()));
    device.binary(BinaryFunction::Add, left, right, sum);
    context.setOutput(
        0, device.fromHost(quantizedTo(type, device.toHost(sum), Tensor::scalar(1.0f), nullptr)));
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
    const Tensor condition = device.fromHost(context.input(0));
    const Tensor a = operand(context, 1);
    const Tensor b = operand(context, 4);
    const Shape shape = broadcast(condition.shape(), broadcast(a.shape(), b.shape()));
    Tensor y = device.allocate(DType::Float32, shape);
    device.where(condition, a, b, y);
    setQuantized(context, y, 7, context.input(1).type());
}

}  // namespace clipscope::runtime
