// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Elements of one type as those of another, as the CPU converts them: floats become integers by
/// truncation, clamped to what the type holds, NaN 0; integers wrap.

#include <limits>

#include "analysis/tensor/half.h"
#include "gpu/kernels/elementwise.h"

namespace clipscope::gpu {

template <typename T>
inline constexpr bool kIsHalf = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;

template <typename From, typename To>
CLIPSCOPE_HD To converted(From x) {
    if constexpr (kIsHalf<From>) {
        return converted<float, To>(toFloat(x));
    } else if constexpr (std::is_same_v<To, Half>) {
        return toHalf(static_cast<float>(x));
    } else if constexpr (std::is_same_v<To, BFloat16>) {
        return toBFloat16(static_cast<float>(x));
    } else if constexpr (std::is_same_v<To, bool>) {
        return x != From(0);
    } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
        // The limits as floats: the largest may round up to one more than To holds.
        constexpr From kLow = static_cast<From>(std::numeric_limits<To>::min());
        constexpr From kHigh = static_cast<From>(std::numeric_limits<To>::max());
        if (x >= kHigh)
            return std::numeric_limits<To>::max();
        if (x > kLow)
            return static_cast<To>(x);
        return x <= kLow ? std::numeric_limits<To>::min() : To(0);
    } else {
        return static_cast<To>(x);
    }
}

template <typename From, typename To>
struct CastKernel {
    static constexpr int kThreads = 256;

    const Stored<From>* x;
    Stored<To>* y;
    int64_t count;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) {
            y[i] = static_cast<Stored<To>>(converted<From, To>(Element<From>::load(x[i])));
        });
    }
};

}  // namespace clipscope::gpu
