// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/require_float32.h"
#include "analysis/runtime/ops/sampling.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kOutside = -1;

enum class Padding { Zeros, Border, Reflection };

struct Sampler {
    size_t taps = 2;  ///< along each axis: 1 nearest, 2 linear, 4 cubic
    Padding padding = Padding::Zeros;
    bool alignCorners = false;
};

/// The elements of one axis that a place is made of, and their weights.
template <typename T>
struct AxisTaps {
    int64_t indices[4];
    T weights[4];
};

double reflected(double x, double low, double high) {
    const double range = high - low;
    if (range <= 0)
        return low;
    const double beyond = std::fmod(std::abs(x - low), 2 * range);
    return low + (beyond > range ? 2 * range - beyond : beyond);
}

/// A place beyond the axis is brought inside it, or left for the taps to be outside.
double padded(const Sampler& sampler, double x, int64_t extent) {
    const double last = static_cast<double>(extent - 1);
    if (sampler.padding == Padding::Border)
        return std::clamp(x, 0.0, last);
    if (sampler.padding == Padding::Zeros)
        return std::clamp(x, -4.0, last + 4);
    return sampler.alignCorners ? reflected(x, 0, last) : reflected(x, -0.5, last + 0.5);
}

/// Keys' cubic convolution with a = -0.75, for elements at -1, 0, 1 and 2 around a place `t`.
template <typename T>
void cubicWeights(double t, T* weights) {
    constexpr double a = -0.75;
    const auto near = [](double x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
    const auto far = [](double x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
    weights[0] = static_cast<T>(far(t + 1));
    weights[1] = static_cast<T>(near(t));
    weights[2] = static_cast<T>(near(1 - t));
    weights[3] = static_cast<T>(far(2 - t));
}

template <typename T>
AxisTaps<T> tapsAt(const Sampler& sampler, double normalized, int64_t extent) {
    const auto n = static_cast<double>(extent);
    double x =
        sampler.alignCorners ? (normalized + 1) / 2 * (n - 1) : ((normalized + 1) * n - 1) / 2;
    if (std::isnan(x))
        x = -1;
    if (sampler.taps == 1)
        x = std::rint(x);
    x = padded(sampler, x, extent);
    const double first = std::floor(x);
    AxisTaps<T> taps{};
    if (sampler.taps == 1)
        taps.weights[0] = 1;
    else if (sampler.taps == 2) {
        taps.weights[1] = static_cast<T>(x - first);
        taps.weights[0] = 1 - taps.weights[1];
    } else {
        cubicWeights(x - first, taps.weights);
    }
    for (size_t t = 0; t < sampler.taps; ++t) {
        const auto i =
            static_cast<int64_t>(first) + static_cast<int64_t>(t) - (sampler.taps == 4 ? 1 : 0);
        const bool inside = i >= 0 && i < extent;
        taps.indices[t] =
            inside ? i
            : sampler.padding == Padding::Zeros
                ? kOutside
                : static_cast<int64_t>(padded(sampler, static_cast<double>(i), extent));
    }
    return taps;
}

/// The value at a place of a plane: the taps of all axes combined.
template <typename T>
T sampled(const T* plane, const Shape& spatial, const std::vector<AxisTaps<T>>& taps, size_t width,
          size_t axis) {
    const int64_t stride = spatial.elementCount(axis + 1, spatial.rank());
    T sum = 0;
    for (size_t t = 0; t < width; ++t) {
        const int64_t i = taps[axis].indices[t];
        if (i == kOutside)
            continue;
        const T* from = plane + i * stride;
        sum += taps[axis].weights[t] *
               (axis + 1 == taps.size() ? *from : sampled(from, spatial, taps, width, axis + 1));
    }
    return sum;
}

Sampler samplerOf(const OpContext& context) {
    Sampler sampler;
    const std::string mode = context.attributes().getString("mode", "linear");
    const std::string padding = context.attributes().getString("padding_mode", "zeros");
    if (mode == "nearest")
        sampler.taps = 1;
    else if (mode == "cubic" || mode == "bicubic")
        sampler.taps = 4;
    else if (mode != "linear" && mode != "bilinear")
        throw Error(ErrorCode::BadInput, "there is no mode '" + mode + "'");
    if (padding == "border")
        sampler.padding = Padding::Border;
    else if (padding == "reflection")
        sampler.padding = Padding::Reflection;
    else if (padding != "zeros")
        throw Error(ErrorCode::BadInput, "there is no padding_mode '" + padding + "'");
    sampler.alignCorners = context.attributes().getInt("align_corners", 0) != 0;
    return sampler;
}

/// y (batch x channels x places) is x at the places of `grid`, whose last axis names the last
/// spatial axis first.
template <typename T>
void samplePlaces(const Sampler& sampler, const Tensor& x, std::span<const double> grid,
                  Tensor& y) {
    const size_t axes = x.rank() - 2;
    const Shape spatial({x.shape().begin() + 2, x.shape().end()});
    const int64_t channels = x.shape()[1];
    const int64_t plane = spatial.elementCount();
    const int64_t places = y.shape().elementCount(2, y.rank());
    const T* from = x.values<T>().data();
    T* to = y.mutableValues<T>().data();
    parallelFor(x.shape()[0] * places, 256, [&](int64_t begin, int64_t end, int) {
        std::vector<AxisTaps<T>> taps(axes);
        for (int64_t i = begin; i < end; ++i) {
            const int64_t n = i / places;
            for (size_t axis = 0; axis < axes; ++axis) {
                const double at = grid[static_cast<size_t>(i) * axes + axes - 1 - axis];
                taps[axis] = tapsAt<T>(sampler, at, spatial[axis]);
            }
            for (int64_t c = 0; c < channels; ++c)
                to[(n * channels + c) * places + i % places] =
                    sampled(from + (n * channels + c) * plane, spatial, taps, sampler.taps, 0);
        }
    });
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
    const Sampler sampler = samplerOf(context);
    const size_t axes = x.rank() < 3 ? 0 : x.rank() - 2;
    if (axes == 0 || grid.rank() != x.rank() || grid.shape()[0] != x.shape()[0] ||
        grid.shape()[axes + 1] != static_cast<int64_t>(axes) || x.elementCount() == 0)
        throw Error(ErrorCode::BadInput, fmt::format("the grid {} does not fit the input {}",
                                                     grid.toString(), x.toString()));
    std::vector<int64_t> extents{x.shape()[0], x.shape()[1]};
    extents.insert(extents.end(), grid.shape().begin() + 1, grid.shape().end() - 1);
    Tensor y(x.type(), Shape(std::move(extents)));
    const std::vector<double> places = toDoubles(grid);
    if (x.type() == DType::Float64) {
        samplePlaces<double>(sampler, x, places, y);
    } else {
        requireFloat32("GridSample", {&x});
        samplePlaces<float>(sampler, x, places, y);
    }
    context.setOutput(0, context.device().fromHost(y));
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
