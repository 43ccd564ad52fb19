// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/functors/grid.h"

namespace clipscope::runtime {
namespace {

using functors::AxisTaps;

/// The value at a place of a plane: the taps of all axes combined.
template <typename T>
T sampled(const T* plane, const Shape& spatial, const std::vector<AxisTaps<T>>& taps, int width,
          size_t axis) {
    const int64_t stride = spatial.elementCount(axis + 1, spatial.rank());
    T sum = 0;
    for (int t = 0; t < width; ++t) {
        const int64_t i = taps[axis].indices[t];
        if (i == AxisTaps<T>::kOutside)
            continue;
        const T* from = plane + i * stride;
        sum += taps[axis].weights[t] *
               (axis + 1 == taps.size() ? *from : sampled(from, spatial, taps, width, axis + 1));
    }
    return sum;
}

template <typename T>
void samplePlaces(const GridSampling& sampling, const Tensor& x, std::span<const double> grid,
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
                taps[axis] = functors::tapsAt<T>(sampling, at, spatial[axis]);
            }
            for (int64_t c = 0; c < channels; ++c)
                to[(n * channels + c) * places + i % places] =
                    sampled(from + (n * channels + c) * plane, spatial, taps, sampling.taps, 0);
        }
    });
}

}  // namespace

void CpuDevice::sampleGrid(const GridSampling& sampling, const Tensor& x, const Tensor& grid,
                           Tensor& y) {
    const std::vector<double> places = toDoubles(grid);
    if (x.type() == DType::Float64)
        samplePlaces<double>(sampling, x, places, y);
    else
        samplePlaces<float>(sampling, x, places, y);
}

}  // namespace clipscope::runtime
