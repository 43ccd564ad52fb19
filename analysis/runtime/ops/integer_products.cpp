// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/integer_products.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/matmul.h"
#include "analysis/runtime/ops/spatial.h"

namespace clipscope::runtime {
namespace {

/// float32 holds every integer up to here, so that sums below it are exact in any order.
constexpr int64_t kExact = int64_t{1} << 24;

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

/// A share of an operand: factor * values.
struct Part {
    double factor = 1;
    Tensor values;
};

/// x whole, or as 16 high + low with |high| <= 16 and 0 <= low < 16: factors so small that sums of
/// more of their products are exact.
std::vector<Part> partsOf(const Tensor& x, bool split) {
    if (!split)
        return {{1, x}};
    Tensor high(DType::Float32, x.shape());
    Tensor low(DType::Float32, x.shape());
    const auto values = x.values<float>();
    for (size_t i = 0; i < values.size(); ++i) {
        const float floor = std::floor(values[i] / 16);
        high.mutableValues<float>()[i] = floor;
        low.mutableValues<float>()[i] = values[i] - 16 * floor;
    }
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
            const auto to = sum.mutableValues<double>();
            for (size_t i = 0; i < to.size(); ++i)
                to[i] += left.factor * right.factor * static_cast<double>(share.values<float>()[i]);
        }
    return sum;
}

Tensor convolved(OpContext& context, const Tensor& x, const Tensor& weights) {
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
    std::vector<int64_t> extents{x.shape()[0], weights.shape()[0]};
    extents.insert(extents.end(), window.output.begin(), window.output.end());
    return exactProduct(x, weights, weights.shape().elementCount(1, weights.rank()),
                        [&](const Tensor& a, const Tensor& b) {
                            Device& device = context.device();
                            Tensor y = device.allocate(DType::Float32, Shape(extents));
                            NodeState state;
                            device.convolve(parameters, device.fromHost(a), device.fromHost(b),
                                            nullptr, y, state);
                            return device.toHost(y);
                        });
}

Tensor multiplied(OpContext& context, const Tensor& a, const Tensor& b) {
    const int64_t terms = a.rank() == 0 ? 1 : a.shape()[a.rank() - 1];
    return exactProduct(a, b, terms, [&](const Tensor& x, const Tensor& w) {
        Device& device = context.device();
        NodeState state;
        return device.toHost(
            matrixProduct(device, {}, device.fromHost(x), device.fromHost(w), state));
    });
}

/// round(sum * scales[i]) + zero point, saturated; scales along `axis`.
void setRequantized(OpContext& context, const Tensor& sums, const std::vector<double>& scales,
                    size_t axis, const Tensor& zeroPoint) {
    const DType type = zeroPoint.type();
    if (type != DType::Int8 && type != DType::UInt8)
        throw Error(ErrorCode::Unsupported, "cannot quantize to " + zeroPoint.toString());
    const double zero = toDoubles(zeroPoint).at(0);
    const double low = type == DType::Int8 ? -128 : 0;
    const auto inner = static_cast<size_t>(sums.shape().elementCount(axis + 1, sums.rank()));
    Tensor y(DType::Float32, sums.shape());
    const auto from = sums.values<double>();
    for (size_t i = 0; i < from.size(); ++i) {
        const double scale = scales[scales.size() == 1 ? 0 : i / inner % scales.size()];
        y.mutableValues<float>()[i] =
            static_cast<float>(std::clamp(std::rint(from[i] * scale) + zero, low, low + 255));
    }
    context.setOutput(0, context.device().fromHost(convertedOnHost(y, type)));
}

/// Scales of a product's two factors and of its result as one factor each.
std::vector<double> joinedScales(const Tensor& a, const Tensor& b, const Tensor& y) {
    if (a.elementCount() != 1 || y.elementCount() != 1)
        throw Error(ErrorCode::Unsupported,
                    "scales of the input and the output for each row are not supported");
    std::vector<double> scales = toDoubles(b);
    for (double& scale : scales)
        scale *= toDoubles(a)[0] / toDoubles(y)[0];
    return scales;
}

}  // namespace

void runConvInteger(OpContext& context) {
    const Tensor sums = convolved(context, centered(context.input(0), context.optionalInput(2), 0),
                                  centered(context.input(1), context.optionalInput(3), 0));
    context.setOutput(0, context.device().fromHost(convertedOnHost(sums, DType::Int32)));
}

void runMatMulInteger(OpContext& context) {
    const Tensor& a = context.input(0);
    const Tensor& b = context.input(1);
    const Tensor sums =
        multiplied(context, centered(a, context.optionalInput(2), a.rank() < 2 ? 0 : a.rank() - 2),
                   centered(b, context.optionalInput(3), b.rank() < 2 ? 0 : b.rank() - 1));
    context.setOutput(0, context.device().fromHost(convertedOnHost(sums, DType::Int32)));
}

void runQLinearConv(OpContext& context) {
    Tensor sums = convolved(context, centered(context.input(0), context.optionalInput(2), 0),
                            centered(context.input(3), context.optionalInput(5), 0));
    if (const Tensor* bias = context.optionalInput(8)) {
        std::vector<int64_t> extents(sums.rank(), 1);
        extents[1] = bias->elementCount();
        Tensor biased(DType::Float64, sums.shape());
        CpuDevice().binary(BinaryFunction::Add, sums,
                           convertedOnHost(*bias, DType::Float64).reshaped(Shape(extents)), biased);
        sums = biased;
    }
    setRequantized(context, sums,
                   joinedScales(context.input(1), context.input(4), context.input(6)), 1,
                   context.input(7));
}

void runQLinearMatMul(OpContext& context) {
    const Tensor& a = context.input(0);
    const Tensor& b = context.input(3);
    const Tensor sums =
        multiplied(context, centered(a, context.optionalInput(2), a.rank() < 2 ? 0 : a.rank() - 2),
                   centered(b, context.optionalInput(5), b.rank() < 2 ? 0 : b.rank() - 1));
    setRequantized(context, sums,
                   joinedScales(context.input(1), context.input(4), context.input(6)),
                   sums.rank() < 1 ? 0 : sums.rank() - 1, context.input(7));
}

}  // namespace clipscope::runtime
