// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/normalization.h"

namespace clipscope::runtime {

void runLrn(OpContext& context) {
    const Tensor& x = context.input(0);
    if (x.rank() < 3)
        throw Error(ErrorCode::BadInput,
                    fmt::format("the input {} needs batch, channels and spatial axes",
                                x.shape().toString()));
    Device& device = context.device();
    const int64_t size = context.attributes().getInt("size");
    if (size < 1)
        throw Error(ErrorCode::BadInput, fmt::format("attribute 'size' is {}", size));
    const auto attribute = [&](const char* name, float fallback) {
        return scalarOf(device, context.attributes().getFloat(name, fallback), x.type());
    };
    const Shape& shape = x.shape();
    Tensor squares = device.allocate(x.type(), shape);
    device.binary(BinaryFunction::Mul, x, x, squares);
    // alpha / size * sum over neighbouring channels is alpha * their average with zeros around.
    const Shape plane{shape[0], 1, shape[1], shape.elementCount(2, shape.rank())};
    PoolParameters window;
    window.kind = PoolKind::AverageIncludingPads;
    window.kernel = {size, 1};
    window.strides = window.dilations = {1, 1};
    window.padsBegin = {(size - 1) / 2, 0};
    window.padsEnd = {size / 2, 0};
    Tensor averages = device.allocate(x.type(), plane);
    device.pool(window, squares.reshaped(plane), averages, context.state());
    Tensor scaled = device.allocate(x.type(), shape);
    device.binary(BinaryFunction::Mul, averages.reshaped(shape), attribute("alpha", 1e-4f), scaled);
    Tensor shifted = device.allocate(x.type(), shape);
    device.binary(BinaryFunction::Add, scaled, attribute("bias", 1), shifted);
    Tensor powers = device.allocate(x.type(), shape);
    device.binary(BinaryFunction::Pow, shifted, attribute("beta", 0.75f), powers);
    Tensor& y = context.output(0, x.type(), shape);
    device.binary(BinaryFunction::Div, x, powers, y);
}

void runLpNormalization(OpContext& context) {
    const Tensor& x = context.input(0);
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", -1), x.rank());
    const int64_t p = context.attributes().getInt("p", 2);
    if (p != 1 && p != 2)
        throw Error(ErrorCode::BadInput, fmt::format("attribute 'p' is {}, not 1 or 2", p));
    Shape shape = x.shape();
    shape[axis] = 1;
    Tensor norms = context.device().allocate(x.type(), shape);
    context.device().reduce(p == 1 ? ReduceKind::L1 : ReduceKind::L2,
                            std::span<const size_t>(&axis, 1), x, norms);
    // Where the norm is 0 so are the elements, and they stay 0.
    Device& device = context.device();
    Tensor isZero = device.allocate(DType::Bool, shape);
    device.binary(BinaryFunction::Equal, norms, scalarOf(device, 0, x.type()), isZero);
    Tensor divisors = device.allocate(x.type(), shape);
    device.where(isZero, scalarOf(device, 1, x.type()), norms, divisors);
    Tensor& y = context.output(0, x.type(), x.shape());
    device.binary(BinaryFunction::Div, x, divisors, y);
}

/// (x - mean) / (deviation + 1e-9) over `axes`.
void runMeanVarianceNormalization(OpContext& context) {
    Device& device = context.device();
    const Tensor& x = context.input(0);
    std::vector<size_t> axes;
    for (const int64_t axis : context.attributes().getInts("axes", {0, 2, 3}))
        axes.push_back(normalizeAxis(axis, x.rank()));
    std::ranges::sort(axes);
    Shape shape = x.shape();
    for (const size_t axis : axes)
        shape[axis] = 1;
    Tensor means = device.allocate(x.type(), shape);
    device.reduce(ReduceKind::Mean, axes, x, means);
    Tensor centered = device.allocate(x.type(), x.shape());
    device.binary(BinaryFunction::Sub, x, means, centered);
    Tensor squares = device.allocate(x.type(), x.shape());
    device.binary(BinaryFunction::Mul, centered, centered, squares);
    Tensor variances = device.allocate(x.type(), shape);
    device.reduce(ReduceKind::Mean, axes, squares, variances);
    Tensor deviations = device.allocate(x.type(), shape);
    device.unary(UnaryFunction::Sqrt, {}, variances, deviations);
    Tensor divisors = device.allocate(x.type(), shape);
    device.binary(BinaryFunction::Add, deviations, scalarOf(device, 1e-9, x.type()), divisors);
    Tensor& y = context.output(0, x.type(), x.shape());
    device.binary(BinaryFunction::Div, centered, divisors, y);
}

}  // namespace clipscope::runtime
