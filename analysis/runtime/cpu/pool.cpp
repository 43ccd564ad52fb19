// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/pool_window.h"
#include "analysis/runtime/cpu/require_float32.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/tensor/memory_budget.h"

namespace clipscope::runtime {
namespace {

using namespace pooling;

/// Our own loops rather than oneDNN's: its maximum loses NaN and -infinity. A window is taken
/// apart: rows are combined element by element, then neighbours inside the combined row.

/// to[i] = combine(to[i], from[i * stride])
template <typename Rule, typename T>
CLIPSCOPE_INLINE void combineInto(T* to, const T* from, int64_t count, int64_t stride) {
    if (stride == 1)
        for (int64_t i = 0; i < count; ++i)
            to[i] = Rule::combine(to[i], from[i]);
    else if (stride == 2)
        for (int64_t i = 0; i < count; ++i)
            to[i] = Rule::combine(to[i], from[2 * i]);
    else
        for (int64_t i = 0; i < count; ++i)
            to[i] = Rule::combine(to[i], from[i * stride]);
}

/// One row of outputs: the input rows of window (od, oh) are combined inside `padded`, whose pads
/// hold Rule::start(), then the windows along it.
template <typename Rule, typename T>
CLIPSCOPE_INLINE void combineWindows(const Axes& axes, const T* plane, int64_t od, int64_t oh,
                                     T* padded, T* to) {
    const Axis& depth = axes[0];
    const Axis& height = axes[1];
    const Axis& width = axes[2];
    T* row = padded + width.padBegin;
    std::fill_n(row, width.input, Rule::start());
    const auto [firstD, lastD] = depth.taps(od);
    const auto [firstH, lastH] = height.taps(oh);
    for (int64_t d = firstD; d < lastD; ++d)
        for (int64_t h = firstH; h < lastH; ++h) {
            const int64_t z = od * depth.stride - depth.padBegin + d * depth.dilation;
            const int64_t v = oh * height.stride - height.padBegin + h * height.dilation;
            combineInto<Rule>(row, plane + (z * height.input + v) * width.input, width.input, 1);
        }
    std::fill_n(to, width.output, Rule::start());
    for (int64_t tap = 0; tap < width.kernel; ++tap)
        combineInto<Rule>(to, padded + tap * width.dilation, width.output, width.stride);
}

CLIPSCOPE_VECTORIZED
void maximumWindows(const Axes& axes, const float* plane, int64_t od, int64_t oh, float* padded,
                    float* to) {
    combineWindows<Maximum<float>>(axes, plane, od, oh, padded, to);
}

CLIPSCOPE_VECTORIZED
void sumWindows(const Axes& axes, const float* plane, int64_t od, int64_t oh, float* padded,
                float* to) {
    combineWindows<Sum<float>>(axes, plane, od, oh, padded, to);
}

template <typename Rule, typename T>
void combineWindowsFast(const Axes& axes, const T* plane, int64_t od, int64_t oh, T* padded,
                        T* to) {
    if constexpr (std::is_same_v<Rule, Maximum<float>>)
        maximumWindows(axes, plane, od, oh, padded, to);
    else if constexpr (std::is_same_v<Rule, Sum<float>>)
        sumWindows(axes, plane, od, oh, padded, to);
    else
        combineWindows<Rule>(axes, plane, od, oh, padded, to);
}

/// Calls finish(plane's od, oh, row of y) for every row of outputs of every N x C plane.
template <typename Rule, typename T, typename Finish>
void poolRows(const Axes& axes, const Tensor& x, Tensor& y, const Finish& finish) {
    const auto& depth = axes[0];
    const auto& height = axes[1];
    const auto& width = axes[2];
    const int64_t planes = x.shape()[0] * x.shape()[1];
    const int64_t inputs = depth.input * height.input * width.input;
    const int64_t rows = depth.output * height.output;
    const T* from = x.values<T>().data();
    T* to = y.mutableValues<T>().data();
    const int64_t reach = (width.output - 1) * width.stride + (width.kernel - 1) * width.dilation;
    const int64_t buffer = std::max(reach + 1, width.padBegin + width.input);
    requireRoom(buffer * threadCount(), sizeof(T));
    const int64_t work = width.input * depth.kernel * height.kernel + width.output * width.kernel;
    const int64_t grain = std::max<int64_t>(1, 32768 / std::max<int64_t>(1, work));
    parallelFor(planes * rows, grain, [&](int64_t begin, int64_t end, int) {
        std::vector<T> padded(static_cast<size_t>(buffer), Rule::start());
        for (int64_t i = begin; i < end; ++i) {
            const int64_t od = i % rows / height.output;
            const int64_t oh = i % height.output;
            combineWindowsFast<Rule>(axes, from + i / rows * inputs, od, oh, padded.data(),
                                     to + i * width.output);
            finish(od, oh, to + i * width.output);
        }
    });
}

template <typename T>
void maximumPool(const Axes& axes, const Tensor& x, Tensor& y) {
    poolRows<Maximum<T>, T>(axes, x, y, [](int64_t, int64_t, T*) {});
}

template <typename T>
void averagePool(const Axes& axes, bool includingPads, const Tensor& x, Tensor& y) {
    const auto& width = axes[2];
    auto taps = [includingPads](const Axis& axis, int64_t o) {
        const auto [first, last] = axis.taps(o);
        return includingPads ? axis.countedTaps(o) : last - first;
    };
    std::vector<T> along(static_cast<size_t>(width.output));
    for (int64_t o = 0; o < width.output; ++o)
        along[static_cast<size_t>(o)] = static_cast<T>(taps(width, o));
    poolRows<Sum<T>, T>(axes, x, y, [&](int64_t od, int64_t oh, T* row) {
        const auto above = static_cast<T>(taps(axes[0], od) * taps(axes[1], oh));
        for (size_t o = 0; o < along.size(); ++o)
            row[o] /= above * along[o];
    });
}

}  // namespace

void CpuDevice::pool(const PoolParameters& parameters, const Tensor& x, Tensor& y, NodeState&) {
    if (x.rank() < 3 || x.rank() > 5)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("pooling of {} has {} spatial axes; 1 to 3 are supported",
                                x.shape().toString(), static_cast<int>(x.rank()) - 2));
    if (y.elementCount() == 0)
        return;
    const Axes axes = axesOf(parameters, x.shape(), y.shape());
    const bool isMaximum = parameters.kind == PoolKind::Max;
    const bool includesPads = parameters.kind == PoolKind::AverageIncludingPads;
    if (x.layout() == Layout::ChannelsLast) {
        requireFloat32("pooling", {&x});
        return isMaximum ? maximumChannelsLast(axes, x, y)
                         : averageChannelsLast(axes, includesPads, x, y);
    }
    if (x.type() == DType::Float32 && !isMaximum)
        return averagePool<float>(axes, includesPads, x, y);
    if (x.type() == DType::Float64 && !isMaximum)
        return averagePool<double>(axes, includesPads, x, y);
    if (x.type() == DType::Float32)
        return maximumPool<float>(axes, x, y);
    if (x.type() == DType::Float64 && isMaximum)
        return maximumPool<double>(axes, x, y);
    if (x.type() == DType::Int8 && isMaximum)
        return maximumPool<int8_t>(axes, x, y);
    if (x.type() == DType::UInt8 && isMaximum)
        return maximumPool<uint8_t>(axes, x, y);
    throw Error(ErrorCode::Unsupported,
                fmt::format("the CPU has no {} pooling for {}", isMaximum ? "maximum" : "average",
                            clipscope::name(x.type())));
}

}  // namespace clipscope::runtime
