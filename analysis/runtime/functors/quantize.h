// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include "analysis/runtime/functors/math.h"

/// Between float32 and the integers of 8, 16 and 32 bits, compiled for every device.
namespace clipscope::runtime::functors {

/// round(x / scale) + zero, saturated, half to even; NaN becomes 0.
template <typename T>
CLIPSCOPE_HD inline T quantized(float x, float zero, float scale) {
    constexpr auto kLow = static_cast<float>(std::numeric_limits<T>::min());
    constexpr auto kHigh = static_cast<float>(std::numeric_limits<T>::max());
    const float value = math::rint(x / scale) + zero;
    const float number = value == value ? value : 0.0f;
    const float raised = number > kLow ? number : kLow;
    return static_cast<T>(static_cast<int32_t>(raised < kHigh ? raised : kHigh));
}

/// (x - zero) * scale. int32, which sums of products have, is more than float32 holds.
template <typename T>
CLIPSCOPE_HD inline float dequantized(T x, float zero, float scale) {
    if constexpr (sizeof(T) == sizeof(int32_t) && std::is_integral_v<T>)
        return static_cast<float>(static_cast<double>(x) - static_cast<double>(zero)) * scale;
    else
        return (static_cast<float>(x) - zero) * scale;
}

}  // namespace clipscope::runtime::functors
