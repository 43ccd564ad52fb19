// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/integer_products.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/integer_sums.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/kept_state.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/quantize.h"
#include "analysis/runtime/ops/spatial.h"

namespace clipscope::runtime {
namespace {

/// What a node keeps between its runs.
struct KeptProduct {
    NodeState product;
    Tensor scales;  ///< of the sums; where they are constant
    Tensor bias;    ///< in steps of both scales; where it is constant
};

KeptProduct& keptProduct(OpContext& context) {
    return keptState<KeptProduct>(context.state());
}

IntegerOperand operandOf(const OpContext& context, size_t input, size_t zeroPointInput) {
    const Tensor* zero = context.optionalInput(zeroPointInput);
    return {context.input(input), zero,
            context.isConstant(input) && (!zero || context.isConstant(zeroPointInput))};
}

/// x convolved with the weights, with the node's attributes.
IntegerSums convolved(OpContext& context, const IntegerOperand& x, const IntegerOperand& weights) {
    const Shape& input = x.values.shape();
    const Shape& w = weights.values.shape();
    const int64_t groups = context.attributes().getInt("group", 1);
    if (input.rank() < 3 || w.rank() != input.rank() || groups < 1 || input[1] != w[1] * groups ||
        w[0] % groups != 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("input {} does not fit weights {} with {} groups", input.toString(),
                                w.toString(), groups));
    const SpatialWindow window =
        slidingWindow(context.attributes(), spatialExtents(w), spatialExtents(input));
    std::vector<int64_t> extents{input[0], w[0]};
    extents.insert(extents.end(), window.output.begin(), window.output.end());
    return context.device().convolveIntegers(
        {window.strides, window.dilations, window.padsBegin, window.padsEnd, groups}, x, weights,
        Shape(std::move(extents)), keptProduct(context).product);
}

/// op(a) op(b).
IntegerSums multiplied(OpContext& context, const IntegerOperand& a, const IntegerOperand& b,
                       bool transposeA = false, bool transposeB = false) {
    const ProductForm form = productForm(
        {.transposeA = transposeA, .transposeB = transposeB, .bIsConstant = b.isConstant}, a.values,
        b.values);
    IntegerSums sums = context.device().multiplyIntegers(
        form.parameters, {form.a, a.zeroPoint, a.isConstant}, {form.b, b.zeroPoint, b.isConstant},
        form.y, keptProduct(context).product);
    sums.values = sums.values.reshaped(form.visible);
    return sums;
}

void requireOnePerColumn(const Tensor& given, const IntegerSums& sums, const char* what) {
    if (given.elementCount() != 1 && given.elementCount() != sums.columns.extent)
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} {} do not fit {} columns", given.elementCount(), what,
                                sums.columns.extent));
}

/// Adds input `i`, one for each column, in steps of both operands' scales.
void addBias(OpContext& context, size_t i, IntegerSums& sums) {
    const Tensor* bias = context.optionalInput(i);
    if (!bias)
        return;
    requireOnePerColumn(*bias, sums, "elements of the bias");
    Device& device = context.device();
    Tensor& added = keptProduct(context).bias;
    if (!context.isConstant(i) || !added.isDefined())
        added = device.resident(
            converted(device, *bias, DType::Int32).reshaped({bias->elementCount()}));
    if (!sums.offsets.isDefined()) {
        sums.offsets = added;
        return;
    }
    Tensor both = device.allocate(DType::Int32, broadcast(sums.offsets.shape(), added.shape()));
    device.binary(BinaryFunction::Add, sums.offsets, added, both);
    sums.offsets = both;
}

/// Output 0: the sums as elements of `type` (Device::convertSums).
Tensor converted(OpContext& context, const IntegerSums& sums, DType type, const Tensor* scales,
                 const Tensor* zeroPoint) {
    if (scales)
        requireOnePerColumn(*scales, sums, "scales");
    Tensor y = context.device().allocate(type, sums.values.shape());
    y.setLayout(sums.values.layout());
    context.device().convertSums(sums, scales, zeroPoint, y);
    return y;
}

void setIntegers(OpContext& context, const IntegerSums& sums) {
    context.setOutput(0, sums.offsets.isDefined()
                             ? converted(context, sums, DType::Int32, nullptr, nullptr)
                             : sums.values);
}

/// Output 0: round(sum * scale), computed in float32 as ONNX Runtime does, + zero point, saturated.
void setQuantized(OpContext& context, const IntegerSums& sums, const Tensor& scales,
                  const Tensor& zeroPoint) {
    const DType type = zeroPoint.type();
    if (type != DType::Int8 && type != DType::UInt8)
        throw Error(ErrorCode::Unsupported, "cannot quantize to " + zeroPoint.toString());
    if (zeroPoint.elementCount() != 1)
        throw Error(
            ErrorCode::Unsupported,
            "a zero point of the output for each row is not supported: " + zeroPoint.toString());
    context.setOutput(0, converted(context, sums, type, &scales, &zeroPoint));
}

void requireSingle(const Tensor& tensor, const char* what) {
    if (tensor.elementCount() != 1)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("{} for each row is not supported: {}", what, tensor.toString()));
}

Tensor combined(Device& device, BinaryFunction function, const Tensor& a, const Tensor& b) {
    const Tensor left = converted(device, a, DType::Float32);
    const Tensor right = converted(device, b, DType::Float32);
    Tensor y = device.allocate(DType::Float32, broadcast(left.shape(), right.shape()));
    device.binary(function, left, right, y);
    return y;
}

/// Scales of a product's two factors and (unless it is null) of its result as one factor each.
Tensor joinedScales(Device& device, const Tensor& a, const Tensor& b, const Tensor* y) {
    requireSingle(a, "a scale of the input");
    const Tensor scales = combined(device, BinaryFunction::Mul, a, b);
    if (!y)
        return scales;
    requireSingle(*y, "a scale of the output");
    return combined(device, BinaryFunction::Div, scales, *y);
}

/// The same of the inputs a, b and y (0: none), times alpha; kept where they are constant.
Tensor joinedScales(OpContext& context, size_t a, size_t b, size_t y, float alpha = 1) {
    const bool hasResult = y != 0 && context.hasInput(y);
    Tensor& kept = keptProduct(context).scales;
    const bool areConstant =
        context.isConstant(a) && context.isConstant(b) && (!hasResult || context.isConstant(y));
    if (!areConstant || !kept.isDefined()) {
        Device& device = context.device();
        kept = joinedScales(device, context.input(a), context.input(b),
                            hasResult ? &context.input(y) : nullptr);
        if (alpha != 1)
            kept = combined(device, BinaryFunction::Mul, kept,
                            scalarOf(device, static_cast<double>(alpha), DType::Float32));
    }
    return kept;
}

/// Output 0: the sums scaled, plus the bias of input `bias`; float32.
void setScaled(OpContext& context, const IntegerSums& sums, const Tensor& scales, size_t bias) {
    Tensor y = converted(context, sums, DType::Float32, &scales, nullptr);
    if (const Tensor* added = context.optionalInput(bias)) {
        if (broadcast(y.shape(), added->shape()) != y.shape())
            throw Error(ErrorCode::BadInput, fmt::format("the bias {} does not fit {}",
                                                         added->toString(), y.toString()));
        Tensor sum = context.device().allocate(y.type(), y.shape());
        context.device().binary(BinaryFunction::Add, y, *added, sum);
        y = sum;
    }
    context.setOutput(0, y);
}

}  // namespace

void runConvInteger(OpContext& context) {
    setIntegers(context, convolved(context, operandOf(context, 0, 2), operandOf(context, 1, 3)));
}

void runMatMulInteger(OpContext& context) {
    setIntegers(context, multiplied(context, operandOf(context, 0, 2), operandOf(context, 1, 3)));
}

void runQLinearConv(OpContext& context) {
    IntegerSums sums = convolved(context, operandOf(context, 0, 2), operandOf(context, 3, 5));
    addBias(context, 8, sums);
    setQuantized(context, sums, joinedScales(context, 1, 4, 6), context.input(7));
}

void runQLinearMatMul(OpContext& context) {
    setQuantized(context, multiplied(context, operandOf(context, 0, 2), operandOf(context, 3, 5)),
                 joinedScales(context, 1, 4, 6), context.input(7));
}

/// Inputs a, its scale and zero point, b, likewise, a bias in steps of both scales, and the scale
/// and zero point of the result, which is float32 without them.
void runQGemm(OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    IntegerSums sums =
        multiplied(context, operandOf(context, 0, 2), operandOf(context, 3, 5),
                   attributes.getInt("transA", 0) != 0, attributes.getInt("transB", 0) != 0);
    addBias(context, 6, sums);
    const Tensor scales = joinedScales(context, 1, 4, 7, attributes.getFloat("alpha", 1));
    if (context.hasInput(8))
        setQuantized(context, sums, scales, context.input(8));
    else
        context.setOutput(0, converted(context, sums, DType::Float32, &scales, nullptr));
}

/// Inputs a, b, their scales, their zero points, a bias; the result is float32.
void runMatMulIntegerToFloat(OpContext& context) {
    setScaled(context, multiplied(context, operandOf(context, 0, 4), operandOf(context, 1, 5)),
              joinedScales(context, 2, 3, 0), 6);
}

/// Inputs a (float32), b, its scale and zero point, a bias.
void runDynamicQuantizeMatMul(OpContext& context) {
    const QuantizedTensor a = dynamicallyQuantized(context, 0);
    setScaled(context,
              multiplied(context, {a.values, &a.zeroPoint, false}, operandOf(context, 1, 3)),
              joinedScales(context.device(), a.scale, context.input(2), nullptr), 4);
}

}  // namespace clipscope::runtime
