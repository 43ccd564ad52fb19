// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/pool.h"

#include <utility>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/ops/convert.h"
#include "analysis/runtime/ops/max_pool_indices.h"
#include "analysis/runtime/ops/spatial.h"

namespace clipscope::runtime {
namespace {

PoolParameters poolParameters(const OpContext& context, PoolKind kind, SpatialWindow& window) {
    const std::vector<int64_t> input = spatialExtents(context.input(0).shape());
    window = slidingWindow(context.attributes(), context.attributes().getInts("kernel_shape"),
                           input, context.attributes().getInt("ceil_mode", 0) != 0);
    PoolParameters parameters;
    parameters.kind = kind;
    parameters.kernel = window.kernel;
    parameters.strides = window.strides;
    parameters.dilations = window.dilations;
    parameters.padsBegin = window.padsBegin;
    parameters.padsEnd = window.coveringPadsEnd(input);
    parameters.countedPadsEnd = window.padsEnd;
    return parameters;
}

Shape pooledShape(const Shape& x, const std::vector<int64_t>& spatial) {
    std::vector<int64_t> extents{x[0], x[1]};
    extents.insert(extents.end(), spatial.begin(), spatial.end());
    return Shape(std::move(extents));
}

void runPool(OpContext& context, PoolKind kind) {
    SpatialWindow window;
    const PoolParameters parameters = poolParameters(context, kind, window);
    Device& device = context.device();
    const Tensor& given = context.input(0);
    const Tensor x = given.type() == DType::Float32 ? given : toRowMajor(device, given);
    Tensor& y = context.output(0, x.type(), pooledShape(x.shape(), window.output), x.layout());
    device.pool(parameters, x, y, context.state());
}

void runGlobal(OpContext& context, ReduceKind kind) {
    const Tensor& x = context.input(0);
    const size_t first = x.layout() == Layout::RowMajor ? 2 : 1;  // of the positions' axes
    std::vector<int64_t> spatial = spatialExtents(x.shape());
    std::vector<size_t> axes;
    for (size_t i = 0; i < spatial.size(); ++i) {
        axes.push_back(first + i);
        spatial[i] = 1;
    }
    // With one position the elements lie the same in both layouts.
    Tensor& y = context.output(0, x.type(), pooledShape(x.shape(), spatial));
    Shape inOrder = y.shape();
    std::swap(inOrder[1], inOrder[first == 1 ? inOrder.rank() - 1 : 1]);
    Tensor target = y.reshaped(inOrder);
    context.device().reduce(kind, axes, x.inMemoryOrder(), target);
}

/// x to the power of `exponent`, or |x| where it is 1.
Tensor powered(Device& device, const Tensor& x, double exponent) {
    Tensor y = device.allocate(x.type(), x.shape());
    device.unary(UnaryFunction::Abs, {}, x, y);
    if (exponent == 1)
        return y;
    Tensor z = device.allocate(x.type(), x.shape());
    device.binary(BinaryFunction::Pow, y, scalarOf(device, exponent, x.type()), z);
    return z;
}

double normOf(const OpContext& context) {
    const int64_t p = context.attributes().getInt("p", 2);
    if (p < 1)
        throw Error(ErrorCode::BadInput, fmt::format("attribute 'p' is {}", p));
    return static_cast<double>(p);
}

}  // namespace

void runGlobalLpPool(OpContext& context) {
    Device& device = context.device();
    const Tensor& x = context.input(0);
    const double p = normOf(context);
    std::vector<int64_t> spatial = spatialExtents(x.shape());
    std::vector<size_t> axes;
    for (size_t i = 0; i < spatial.size(); ++i) {
        axes.push_back(2 + i);
        spatial[i] = 1;
    }
    Tensor sums = device.allocate(x.type(), pooledShape(x.shape(), spatial));
    device.reduce(ReduceKind::Sum, axes, powered(device, x, p), sums);
    context.setOutput(0, powered(device, sums, 1 / p));
}

/// The root of a sum over a window, which is an average over all of its elements and pads, scaled.
void runLpPool(OpContext& context) {
    Device& device = context.device();
    const Tensor& x = context.input(0);
    const double p = normOf(context);
    SpatialWindow window;
    PoolParameters parameters = poolParameters(context, PoolKind::AverageIncludingPads, window);
    parameters.countedPadsEnd.clear();
    Tensor averages = device.allocate(x.type(), pooledShape(x.shape(), window.output));
    device.pool(parameters, powered(device, x, p), averages, context.state());
    const auto taps = static_cast<double>(Shape(window.kernel).elementCount());
    Tensor sums = device.allocate(x.type(), averages.shape());
    device.binary(BinaryFunction::Mul, averages, scalarOf(device, taps, x.type()), sums);
    context.setOutput(0, powered(device, sums, 1 / p));
}

void runAveragePool(OpContext& context) {
    const bool includes = context.attributes().getInt("count_include_pad", 0) != 0;
    runPool(context, includes ? PoolKind::AverageIncludingPads : PoolKind::AverageExcludingPads);
}

void runMaxPool(OpContext& context) {
    runPool(context, PoolKind::Max);
    if (!context.hasOutput(1))
        return;
    SpatialWindow window;
    const PoolParameters parameters = poolParameters(context, PoolKind::Max, window);
    const Tensor x = context.device().toHost(toRowMajor(context.device(), context.input(0)));
    const bool columnMajor = context.attributes().getInt("storage_order", 0) != 0;
    const Shape shape = pooledShape(x.shape(), window.output);
    context.setOutput(1,
                      context.device().fromHost(maxPoolIndices(parameters, x, shape, columnMajor)));
}

void runGlobalAveragePool(OpContext& context) {
    runGlobal(context, ReduceKind::Mean);
}

void runGlobalMaxPool(OpContext& context) {
    runGlobal(context, ReduceKind::Max);
}

}  // namespace clipscope::runtime
