// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/pool.h"

#include <fmt/format.h>

#include "analysis/base/error.h"
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
    const Tensor& x = context.input(0);
    Tensor& y = context.output(0, x.type(), pooledShape(x.shape(), window.output));
    context.device().pool(parameters, x, y, context.state());
}

void runGlobal(OpContext& context, ReduceKind kind) {
    const Tensor& x = context.input(0);
    std::vector<int64_t> spatial = spatialExtents(x.shape());
    std::vector<size_t> axes;
    for (size_t i = 0; i < spatial.size(); ++i) {
        axes.push_back(2 + i);
        spatial[i] = 1;
    }
    Tensor& y = context.output(0, x.type(), pooledShape(x.shape(), spatial));
    context.device().reduce(kind, axes, x, y);
}

}  // namespace

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
    const Tensor x = context.device().toHost(context.input(0));
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
