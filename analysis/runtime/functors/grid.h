// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/math.h"

namespace clipscope::runtime {

/// How GridSample reads x between its elements, and beyond them.
struct GridSampling {
    enum class Padding { Zeros, Border, Reflection };

    int taps = 2;  ///< along each axis: 1 nearest, 2 linear, 4 cubic
    Padding padding = Padding::Zeros;
    bool alignCorners = false;
};

namespace functors {

/// The elements of one axis that a place is made of, and their weights.
template <typename T>
struct AxisTaps {
    static constexpr int64_t kOutside = -1;

    int64_t indices[4] = {};
    T weights[4] = {};
};

CLIPSCOPE_HD inline double clamped(double x, double low, double high) {
    return x < low ? low : high < x ? high : x;
}

CLIPSCOPE_HD inline double reflected(double x, double low, double high) {
    const double range = high - low;
    if (range <= 0)
        return low;
    const double beyond = math::fmod(math::fabs(x - low), 2 * range);
    return low + (beyond > range ? 2 * range - beyond : beyond);
}

/// A place beyond the axis is brought inside it, or left for the taps to be outside.
CLIPSCOPE_HD inline double padded(const GridSampling& sampling, double x, int64_t extent) {
    const double last = static_cast<double>(extent - 1);
    if (sampling.padding == GridSampling::Padding::Border)
        return clamped(x, 0.0, last);
    if (sampling.padding == GridSampling::Padding::Zeros)
        return clamped(x, -4.0, last + 4);
    return sampling.alignCorners ? reflected(x, 0, last) : reflected(x, -0.5, last + 0.5);
}

/// Keys' cubic convolution with a = -0.75, for elements at -1, 0, 1 and 2 around a place `t`.
template <typename T>
CLIPSCOPE_HD inline void setCubicWeights(double t, T* weights) {
    constexpr double a = -0.75;
    const auto near = [](double x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
    const auto far = [](double x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
    weights[0] = static_cast<T>(far(t + 1));
    weights[1] = static_cast<T>(near(t));
    weights[2] = static_cast<T>(near(1 - t));
    weights[3] = static_cast<T>(far(2 - t));
}

/// Of a place in [-1, 1] along an axis.
template <typename T>
CLIPSCOPE_HD inline AxisTaps<T> tapsAt(const GridSampling& sampling, double normalized,
                                       int64_t extent) {
    const auto n = static_cast<double>(extent);
    double x =
        sampling.alignCorners ? (normalized + 1) / 2 * (n - 1) : ((normalized + 1) * n - 1) / 2;
    if (isNaN(x))
        x = -1;
    if (sampling.taps == 1)
        x = math::rint(x);
    x = padded(sampling, x, extent);
    const double first = math::floor(x);
    AxisTaps<T> taps;
    if (sampling.taps == 1) {
        taps.weights[0] = 1;
    } else if (sampling.taps == 2) {
        taps.weights[1] = static_cast<T>(x - first);
        taps.weights[0] = 1 - taps.weights[1];
    } else {
        setCubicWeights(x - first, taps.weights);
    }
    for (int t = 0; t < sampling.taps; ++t) {
        const int64_t i = static_cast<int64_t>(first) + t - (sampling.taps == 4 ? 1 : 0);
        const bool inside = i >= 0 && i < extent;
        taps.indices[t] =
            inside ? i
            : sampling.padding == GridSampling::Padding::Zeros
                ? AxisTaps<T>::kOutside
                : static_cast<int64_t>(padded(sampling, static_cast<double>(i), extent));
    }
    return taps;
}

}  // namespace functors
}  // namespace clipscope::runtime
