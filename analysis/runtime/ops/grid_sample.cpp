// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/require_float32.h"
#include "analysis/runtime/functors/grid.h"
#include "analysis/runtime/ops/sampling.h"

namespace clipscope::runtime {
namespace {

GridSampling samplingOf(const OpContext& context) {
    GridSampling sampling;
    const std::string mode = context.attributes().getString("mode", "linear");
    const std::string padding = context.attributes().getString("padding_mode", "zeros");
    if (mode == "nearest")
        sampling.taps = 1;
    else if (mode == "cubic" || mode == "bicubic")
        sampling.taps = 4;
    else if (mode != "linear" && mode != "bilinear")
        throw Error(ErrorCode::BadInput, "there is no mode '" + mode + "'");
    if (padding == "border")
        sampling.padding = GridSampling::Padding::Border;
    else if (padding == "reflection")
        sampling.padding = GridSampling::Padding::Reflection;
    else if (padding != "zeros")
        throw Error(ErrorCode::BadInput, "there is no padding_mode '" + padding + "'");
    sampling.alignCorners = context.attributes().getInt("align_corners", 0) != 0;
    return sampling;
}

/// y (batch x spatial x axes): the places of a grid over [-1, 1], times theta.
template <typename T>
void transformGrid(const Tensor& theta, bool alignCorners, Tensor& y) {
    const size_t axes = y.rank() - 2;
    const int64_t places = y.shape().elementCount(1, axes + 1);
    auto to = y.mutableValues<T>().begin();
    std::vector<double> place(axes + 1, 1);
    for (int64_t i = 0; i < y.shape()[0] * places; ++i) {
        int64_t rest = i % places;
        for (size_t axis = axes; axis-- > 0; rest /= y.shape()[axis + 1]) {
            const auto n = static_cast<double>(y.shape()[axis + 1]);
            const auto k = static_cast<double>(rest % y.shape()[axis + 1]);
            place[axes - 1 - axis] =
                alignCorners ? (n == 1 ? -1 : 2 * k / (n - 1) - 1) : (2 * k + 1) / n - 1;
        }
        const auto matrix = theta.values<T>().subspan(
            static_cast<size_t>(i / places) * axes * (axes + 1), axes * (axes + 1));
        for (size_t row = 0; row < axes; ++row) {
            double sum = 0;
            for (size_t column = 0; column <= axes; ++column)
                sum += static_cast<double>(matrix[row * (axes + 1) + column]) * place[column];
            *to++ = static_cast<T>(sum);
        }
    }
}

}  // namespace

void runGridSample(OpContext& context) {
    const Tensor& x = context.input(0);
    const Tensor& grid = context.input(1);
    const GridSampling sampling = samplingOf(context);
    const size_t axes = x.rank() < 3 ? 0 : x.rank() - 2;
    if (axes == 0 || grid.rank() != x.rank() || grid.shape()[0] != x.shape()[0] ||
        grid.shape()[axes + 1] != static_cast<int64_t>(axes) || x.elementCount() == 0)
        throw Error(ErrorCode::BadInput, fmt::format("the grid {} does not fit the input {}",
                                                     grid.toString(), x.toString()));
    std::vector<int64_t> extents{x.shape()[0], x.shape()[1]};
    extents.insert(extents.end(), grid.shape().begin() + 1, grid.shape().end() - 1);
    if (x.type() != DType::Float64)
        requireFloat32("GridSample", {&x});
    Tensor& y = context.output(0, x.type(), Shape(std::move(extents)));
    context.device().sampleGrid(sampling, x, grid, y);
}

/// theta (batch x axes x axes + 1) times the places of a grid over [-1, 1].
void runAffineGrid(OpContext& context) {
    const Tensor& theta = context.input(0);
    const std::vector<int64_t> size = context.ints(1);
    const bool alignCorners = context.attributes().getInt("align_corners", 0) != 0;
    const size_t axes = size.size() < 4 ? 0 : size.size() - 2;
    const auto count = static_cast<int64_t>(axes);
    if (axes == 0 || theta.shape() != Shape{size[0], count, count + 1})
        throw Error(ErrorCode::BadInput, fmt::format("theta {} does not fit a size of {} extents",
                                                     theta.toString(), size.size()));
    std::vector<int64_t> extents{size[0]};
    extents.insert(extents.end(), size.begin() + 2, size.end());
    extents.push_back(count);
    Tensor y(theta.type(), Shape(std::move(extents)));
    if (theta.type() == DType::Float64) {
        transformGrid<double>(theta, alignCorners, y);
    } else {
        requireFloat32("AffineGrid", {&theta});
        transformGrid<float>(theta, alignCorners, y);
    }
    context.setOutput(0, context.device().fromHost(y));
}

}  // namespace clipscope::runtime
