// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/integer_products.h"

#include <algorithm>
#include <any>
#include <array>
#include <cmath>
#include <functional>
#include <memory>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/quantize.h"
#include "analysis/runtime/ops/spatial.h"
#include "analysis/runtime/ops/wide_convolution.h"

namespace clipscope::runtime {
namespace {

/// float32 holds every integer up to here, so that sums below it are exact in any order.
constexpr int64_t kExact = int64_t{1} << 24;
constexpr int64_t kGrain = 16384;

/// An 8-bit operand less its zero point: integers of at most 255 as float32.
Tensor centered(const Tensor& x, const Tensor* zeroPoint, size_t zeroAxis) {
    if (elementSize(x.type()) != 1 || isFloat(x.type()))
        throw Error(ErrorCode::Unsupported, "is computed for 8-bit integers, not " + x.toString());
    const Tensor floats = convertedOnHost(x, DType::Float32);
    if (!zeroPoint)
        return floats;
    std::vector<int64_t> extents(x.rank(), 1);
    if (zeroPoint->elementCount() != 1 && x.rank() > 0)
        extents[zeroAxis] = zeroPoint->elementCount();
    const Tensor zero = convertedOnHost(*zeroPoint, DType::Float32).reshaped(Shape(extents));
    if (broadcast(zero.shape(), x.shape()) != x.shape())
        throw Error(ErrorCode::BadInput, fmt::format("the zero point {} does not fit {}",
                                                     zeroPoint->toString(), x.toString()));
    Tensor y(DType::Float32, x.shape());
    CpuDevice().binary(BinaryFunction::Sub, floats, zero, y);
    return y;
}

/// What a node keeps between its runs: the second operand less its zero point where it is constant,
/// and what the device keeps for each product that exactProduct makes, in their order, which
/// depends on the shape of the second operand only.
struct KeptProducts {
    Tensor weights;
    std::array<NodeState, 4> states;  // both operands in two parts
};

KeptProducts& keptProducts(OpContext& context) {
    auto* kept = std::any_cast<std::shared_ptr<KeptProducts>>(&context.state());
    if (!kept)
        kept = &context.state().emplace<std::shared_ptr<KeptProducts>>(
            std::make_shared<KeptProducts>());
    return **kept;
}

/// Input `i` and its zero point are the same in every run.
bool isConstantOperand(const OpContext& context, size_t i, size_t zeroPoint) {
    return context.isConstant(i) && (!context.hasInput(zeroPoint) || context.isConstant(zeroPoint));
}

/// centered() of a node's second operand, input `i`.
Tensor centeredWeights(OpContext& context, size_t i, size_t zeroPoint, size_t zeroAxis) {
    const Tensor* zero = context.optionalInput(zeroPoint);
    if (!isConstantOperand(context, i, zeroPoint))
        return centered(context.input(i), zero, zeroAxis);
    Tensor& kept = keptProducts(context).weights;
    if (!kept.isDefined())
        kept = centered(context.input(i), zero, zeroAxis);
    return kept;
}

/// A share of an operand: factor * values.
struct Part {
    double factor = 1;
    Tensor values;
};

CLIPSCOPE_VECTORIZED void splitValues(const float* x, float* high, float* low, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        high[i] = std::floor(x[i] / 16);
        low[i] = x[i] - 16 * high[i];
    }
}

/// sum += factor * x
CLIPSCOPE_VECTORIZED void addShare(const float* x, double factor, double* sum, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        sum[i] += factor * static_cast<double>(x[i]);
}

/// x whole, or as 16 high + low with |high| <= 16 and 0 <= low < 16: factors so small that sums of
/// more of their products are exact.
std::vector<Part> partsOf(const Tensor& x, bool split) {
    if (!split)
        return {{1, x}};
    Tensor high(DType::Float32, x.shape());
    Tensor low(DType::Float32, x.shape());
    const float* from = x.values<float>().data();
    float* toHigh = high.mutableValues<float>().data();
    float* toLow = low.mutableValues<float>().data();
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        splitValues(from + begin, toHigh + begin, toLow + begin, end - begin);
    });
    return {{16, high}, {1, low}};
}

using Product = std::function<Tensor(const Tensor& a, const Tensor& b)>;

/// product(a, b), bilinear, of integers of at most 255 whose sums have `terms` terms; float64.
Tensor exactProduct(const Tensor& a, const Tensor& b, int64_t terms, const Product& product) {
    if (terms * 16 * 16 >= kExact)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("sums of {} products are not supported", terms));
    Tensor sum;
    for (const Part& left : partsOf(a, terms * 255 * 255 >= kExact))
        for (const Part& right : partsOf(b, terms * 255 * 16 >= kExact)) {
            const Tensor share = product(left.values, right.values);
            if (!sum.isDefined()) {
                sum = Tensor(DType::Float64, share.shape());
                std::ranges::fill(sum.mutableValues<double>(), 0.0);
            }
            const float* from = share.values<float>().data();
            double* to = sum.mutableValues<double>().data();
            parallelFor(sum.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
                addShare(from + begin, left.factor * right.factor, to + begin, end - begin);
            });
        }
    return sum;
}

Tensor convolved(OpContext& context, const Tensor& x, const Tensor& weights,
                 bool weightsAreConstant) {
    const int64_t groups = context.attributes().getInt("group", 1);
    if (x.rank() < 3 || weights.rank() != x.rank() || groups < 1 ||
        x.shape()[1] != weights.shape()[1] * groups || weights.shape()[0] % groups != 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("input {} does not fit weights {} with {} groups",
                                x.shape().toString(), weights.shape().toString(), groups));
    const SpatialWindow window = slidingWindow(
        context.attributes(), spatialExtents(weights.shape()), spatialExtents(x.shape()));
    ConvolutionParameters parameters{window.strides, window.dilations, window.padsBegin,
                                     window.padsEnd, groups};
    parameters.weightsAreConstant = weightsAreConstant;
    auto state = keptProducts(context).states.begin();
    std::vector<int64_t> extents{x.shape()[0], weights.shape()[0]};
    extents.insert(extents.end(), window.output.begin(), window.output.end());
    return exactProduct(x, weights, weights.shape().elementCount(1, weights.rank()),
                        [&](const Tensor& a, const Tensor& b) {
                            Device& device = context.device();
                            Tensor y = device.allocate(DType::Float32, Shape(extents));
                            convolveInPieces(device, parameters, device.fromHost(a),
                                             device.fromHost(b), nullptr, y, *state++);
                            return device.toHost(y);
                        });
}

Tensor multiplied(OpContext& context, const Tensor& a, const Tensor& b,
                  const MatmulParameters& parameters = {}) {
    const size_t inner = a.rank() >= 2 && parameters.transposeA ? a.rank() - 2 : a.rank() - 1;
    const int64_t terms = a.rank() == 0 ? 1 : a.shape()[inner];
    auto state = keptProducts(context).states.begin();
    return exactProduct(a, b, terms, [&](const Tensor& x, const Tensor& w) {
        Device& device = context.device();
        return device.toHost(
            matrixProduct(device, parameters, device.fromHost(x), device.fromHost(w), *state++));
    });
}

CLIPSCOPE_VECTORIZED void scaleRun(const double* x, float scale, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = static_cast<float>(x[i]) * scale;
}

/// sum * scale, computed in float32; one scale, or one for each index of `axis`.
Tensor rescaled(const Tensor& sums, const std::vector<float>& scales, size_t axis) {
    Tensor y(DType::Float32, sums.shape());
    const double* from = sums.values<double>().data();
    float* to = y.mutableValues<float>().data();
    const int64_t run = scales.size() == 1 ? std::max<int64_t>(1, sums.elementCount())
                                           : sums.shape().elementCount(axis + 1, sums.rank());
    parallelFor(sums.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        while (begin < end) {
            const int64_t last = std::min(end, (begin / run + 1) * run);
            const auto index = static_cast<size_t>(begin / run) % scales.size();
            scaleRun(from + begin, scales[index], to + begin, last - begin);
            begin = last;
        }
    });
    return y;
}

CLIPSCOPE_VECTORIZED void roundValues(float zero, float low, float high, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = std::clamp(std::rint(y[i]) + zero, low, high);
}

/// round(sum * scales[i]), computed in float32 as ONNX Runtime does, + zero point, saturated;
/// scales along `axis`.
void setRequantized(OpContext& context, const Tensor& sums, const std::vector<float>& scales,
                    size_t axis, const Tensor& zeroPoint) {
    const DType type = zeroPoint.type();
    if (type != DType::Int8 && type != DType::UInt8)
        throw Error(ErrorCode::Unsupported, "cannot quantize to " + zeroPoint.toString());
    const auto zero = static_cast<float>(toDoubles(zeroPoint).at(0));
    const float low = type == DType::Int8 ? -128 : 0;
    Tensor y = rescaled(sums, scales, axis);
    float* values = y.mutableValues<float>().data();
    parallelFor(y.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        roundValues(zero, low, low + 255, values + begin, end - begin);
    });
    context.setOutput(0, context.device().fromHost(convertedOnHost(y, type)));
}

/// Scales of a product's two factors and (unless it is null) of its result as one factor each.
std::vector<float> joinedScales(const Tensor& a, const Tensor& b, const Tensor* y) {
    if (a.elementCount() != 1 || (y && y->elementCount() != 1))
        throw Error(ErrorCode::Unsupported,
                    "scales of the input and the output for each row are not supported");
    const auto single = [](const Tensor& tensor) {
        return convertedOnHost(tensor, DType::Float32).values<float>()[0];
    };
    const Tensor wide = convertedOnHost(b, DType::Float32);
    std::vector<float> scales(wide.values<float>().begin(), wide.values<float>().end());
    for (float& scale : scales)
        scale = single(a) * scale / (y ? single(*y) : 1);
    return scales;
}

size_t lastAxis(const Tensor& x) {
    return x.rank() == 0 ? 0 : x.rank() - 1;
}

/// The matrix of input `i` with a zero point, or one for each of its columns.
Tensor centeredColumns(OpContext& context, size_t i, size_t zeroPoint) {
    return centeredWeights(context, i, zeroPoint, lastAxis(context.input(i)));
}

/// Sums and what broadcasts to them.
Tensor plus(const Tensor& sums, const Tensor& addend) {
    Tensor y(sums.type(), sums.shape());
    if (broadcast(sums.shape(), addend.shape()) != sums.shape())
        throw Error(ErrorCode::BadInput,
                    fmt::format("the bias {} does not fit {}", addend.toString(), sums.toString()));
    CpuDevice().binary(BinaryFunction::Add, sums, convertedOnHost(addend, sums.type()), y);
    return y;
}

/// Output 0: the sums scaled, plus the bias of input `bias`; float32.
void setScaled(OpContext& context, const Tensor& sums, const std::vector<float>& scales,
               size_t bias) {
    Tensor y = rescaled(sums, scales, lastAxis(sums));
    if (const Tensor* added = context.optionalInput(bias))
        y = plus(y, *added);
    context.setOutput(0, context.device().fromHost(y));
}

}  // namespace

void runConvInteger(OpContext& context) {
    const Tensor sums =
        convolved(context, centered(context.input(0), context.optionalInput(2), 0),
                  centeredWeights(context, 1, 3, 0), isConstantOperand(context, 1, 3));
    context.setOutput(0, context.device().fromHost(convertedOnHost(sums, DType::Int32)));
}

void runMatMulInteger(OpContext& context) {
    const Tensor& a = context.input(0);
    const Tensor sums = multiplied(
        context, centered(a, context.optionalInput(2), a.rank() < 2 ? 0 : a.rank() - 2),
        centeredColumns(context, 1, 3), {.bIsConstant = isConstantOperand(context, 1, 3)});
    context.setOutput(0, context.device().fromHost(convertedOnHost(sums, DType::Int32)));
}

void runQLinearConv(OpContext& context) {
    Tensor sums = convolved(context, centered(context.input(0), context.optionalInput(2), 0),
                            centeredWeights(context, 3, 5, 0), isConstantOperand(context, 3, 5));
    if (const Tensor* bias = context.optionalInput(8)) {
        std::vector<int64_t> extents(sums.rank(), 1);
        extents[1] = bias->elementCount();
        sums = plus(sums, bias->reshaped(Shape(extents)));
    }
    setRequantized(context, sums,
                   joinedScales(context.input(1), context.input(4), &context.input(6)), 1,
                   context.input(7));
}

void runQLinearMatMul(OpContext& context) {
    const Tensor& a = context.input(0);
    const Tensor sums = multiplied(
        context, centered(a, context.optionalInput(2), a.rank() < 2 ? 0 : a.rank() - 2),
        centeredColumns(context, 3, 5), {.bIsConstant = isConstantOperand(context, 3, 5)});
    setRequantized(context, sums,
                   joinedScales(context.input(1), context.input(4), &context.input(6)),
                   lastAxis(sums), context.input(7));
}

/// Inputs a, its scale and zero point, b, likewise, a bias in steps of both scales, and the scale
/// and zero point of the result, which is float32 without them.
void runQGemm(OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    MatmulParameters parameters;
    parameters.transposeA = attributes.getInt("transA", 0) != 0;
    parameters.transposeB = attributes.getInt("transB", 0) != 0;
    parameters.bIsConstant = isConstantOperand(context, 3, 5);
    Tensor sums =
        multiplied(context, centered(context.input(0), context.optionalInput(2), 0),
                   centeredWeights(context, 3, 5, parameters.transposeB ? 0 : 1), parameters);
    if (const Tensor* bias = context.optionalInput(6))
        sums = plus(sums, *bias);
    std::vector<float> scales =
        joinedScales(context.input(1), context.input(4), context.optionalInput(7));
    for (float& scale : scales)
        scale *= attributes.getFloat("alpha", 1);
    if (context.hasInput(8))
        setRequantized(context, sums, scales, 1, context.input(8));
    else
        context.setOutput(0, context.device().fromHost(rescaled(sums, scales, 1)));
}

/// Inputs a, b, their scales, their zero points, a bias; the result is float32.
void runMatMulIntegerToFloat(OpContext& context) {
    const Tensor& a = context.input(0);
    const Tensor sums = multiplied(context, centered(a, context.optionalInput(4), 0),
                                   centeredColumns(context, 1, 5),
                                   {.bIsConstant = isConstantOperand(context, 1, 5)});
    setScaled(context, sums, joinedScales(context.input(2), context.input(3), nullptr), 6);
}

/// Inputs a (float32), b, its scale and zero point, a bias.
void runDynamicQuantizeMatMul(OpContext& context) {
    const Quantized a = dynamicallyQuantized(context.input(0));
    const Tensor sums =
        multiplied(context, centered(a.values, &a.zeroPoint, 0), centeredColumns(context, 1, 3),
                   {.bIsConstant = isConstantOperand(context, 1, 3)});
    setScaled(context, sums, joinedScales(a.scale, context.input(2), nullptr), 4);
}

}  // namespace clipscope::runtime
