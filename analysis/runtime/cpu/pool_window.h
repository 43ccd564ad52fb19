// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/device.h"
#include "analysis/runtime/functors/types.h"
#include "analysis/runtime/pool_axes.h"

namespace clipscope::runtime::pooling {

/// One spatial axis; axes that the tensor lacks are those of a single element.
struct Axis {
    int64_t input = 1;
    int64_t output = 1;
    int64_t kernel = 1;
    int64_t stride = 1;
    int64_t dilation = 1;
    int64_t padBegin = 0;
    int64_t counted = 1;  ///< elements and begin and end pads that an average may count

    /// The taps [first, last) of window `o` that lie inside the input.
    std::pair<int64_t, int64_t> taps(int64_t o) const {
        const int64_t start = o * stride - padBegin;
        const int64_t first = start < 0 ? (-start + dilation - 1) / dilation : 0;
        const int64_t last = (input - start + dilation - 1) / dilation;
        return {std::min(first, kernel), std::clamp<int64_t>(last, 0, kernel)};
    }
    /// How many taps of window `o` an average that includes pads counts.
    int64_t countedTaps(int64_t o) const {
        const int64_t room = counted - o * stride;
        return std::clamp<int64_t>((room + dilation - 1) / dilation, 0, kernel);
    }
};

using Axes = std::array<Axis, 3>;

inline Axes axesOf(const PoolParameters& parameters, const Shape& x, const Shape& y) {
    Axes axes;
    setPoolAxes(parameters, x, y, axes);
    return axes;
}

template <typename T>
struct Maximum {
    static constexpr T start() {
        return std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity()
                                                    : std::numeric_limits<T>::lowest();
    }
    CLIPSCOPE_INLINE static T combine(T a, T b) {
        const T larger = b > a ? b : a;
        return functors::isNaN(b) ? b : larger;  // NaN stays
    }
};

template <typename T>
struct Sum {
    static constexpr T start() { return 0; }
    CLIPSCOPE_INLINE static T combine(T a, T b) { return a + b; }
};

/// Of channels-last float32 tensors.
void maximumChannelsLast(const Axes& axes, const Tensor& x, Tensor& y);
void averageChannelsLast(const Axes& axes, bool includingPads, const Tensor& x, Tensor& y);

}  // namespace clipscope::runtime::pooling
