// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/reduce.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {
namespace {

/// Ascending, each once.
std::vector<size_t> axesOf(const OpContext& context, size_t rank) {
    std::vector<size_t> axes;
    for (const int64_t axis : context.intsOf("axes", 1))
        axes.push_back(normalizeAxis(axis, rank));
    std::ranges::sort(axes);
    axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
    if (axes.empty() && context.attributes().getInt("noop_with_empty_axes", 0) == 0)
        for (size_t axis = 0; axis < rank; ++axis)
            axes.push_back(axis);
    return axes;
}

Shape reducedShape(const Shape& x, std::span<const size_t> axes, bool keepDims) {
    std::vector<int64_t> extents;
    for (size_t axis = 0; axis < x.rank(); ++axis)
        if (std::ranges::find(axes, axis) == axes.end())
            extents.push_back(x[axis]);
        else if (keepDims)
            extents.push_back(1);
    return Shape(std::move(extents));
}

void runArgBest(OpContext& context, bool largest) {
    const Tensor& x = context.input(0);
    const size_t axis = normalizeAxis(context.attributes().getInt("axis", 0), x.rank());
    if (x.shape()[axis] == 0)
        throw Error(ErrorCode::BadInput,
                    fmt::format("axis {} of {} is empty", axis, x.shape().toString()));
    const bool last = context.attributes().getInt("select_last_index", 0) != 0;
    const bool keepDims = context.attributes().getInt("keepdims", 1) != 0;
    const size_t axes[] = {axis};
    Tensor& y = context.output(0, DType::Int64, reducedShape(x.shape(), axes, keepDims));
    context.device().argExtreme(largest, last, axis, x, y);
}

}  // namespace

template <ReduceKind Kind>
void runReduce(OpContext& context) {
    const Tensor& x = context.input(0);
    const std::vector<size_t> axes = axesOf(context, x.rank());
    const bool keepDims = context.attributes().getInt("keepdims", 1) != 0;
    Tensor& y = context.output(0, x.type(), reducedShape(x.shape(), axes, keepDims));
    context.device().reduce(Kind, axes, x, y);
}

template void runReduce<ReduceKind::Sum>(OpContext&);
template void runReduce<ReduceKind::Mean>(OpContext&);
template void runReduce<ReduceKind::Max>(OpContext&);
template void runReduce<ReduceKind::Min>(OpContext&);
template void runReduce<ReduceKind::Prod>(OpContext&);
template void runReduce<ReduceKind::L1>(OpContext&);
template void runReduce<ReduceKind::L2>(OpContext&);
template void runReduce<ReduceKind::LogSum>(OpContext&);
template void runReduce<ReduceKind::LogSumExp>(OpContext&);
template void runReduce<ReduceKind::SumSquare>(OpContext&);

void runArgMax(OpContext& context) {
    runArgBest(context, true);
}

void runArgMin(OpContext& context) {
    runArgBest(context, false);
}

}  // namespace clipscope::runtime
