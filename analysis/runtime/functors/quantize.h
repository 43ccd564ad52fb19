// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include "analysis/runtime/functors/math.h"

/// Between float32 and the integers of 8, 16 and 32 bits, compiled for every device.
namespace clipscope::runtime {

/// A sum of quantized tensors in units of its own scale, its zero point in the offset.
struct QuantizedSum {
    float ratioA = 1;  ///< the scale of a over that of the sum
    float ratioB = 1;
    float offset = 0;
};

namespace functors {

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

/// An integer, saturated; NaN becomes the least.
template <typename T>
CLIPSCOPE_HD inline T saturated(float value) {
    constexpr auto kLow = static_cast<float>(std::numeric_limits<T>::min());
    constexpr auto kHigh = static_cast<float>(std::numeric_limits<T>::max());
    const float raised = value > kLow ? value : kLow;
    return static_cast<T>(static_cast<int32_t>(raised < kHigh ? raised : kHigh));
}

/// A sum of products as T: round(sum scale) + zero, in float32 as ONNX Runtime computes it.
template <typename T>
CLIPSCOPE_HD inline T requantized(int32_t sum, float scale, float zero) {
    return saturated<T>(math::rint(static_cast<float>(sum) * scale) + zero);
}

/// In ONNX Runtime's order: residual networks have so many sums that some lie where the last bit
/// decides how they round.
template <typename T>
CLIPSCOPE_HD inline T addedQuantized(const QuantizedSum& sum, T a, T b) {
    return saturated<T>(math::rint((static_cast<float>(a) * sum.ratioA + sum.offset) +
                                   static_cast<float>(b) * sum.ratioB));
}

/// As int32 wraps.
CLIPSCOPE_HD inline int32_t wrappedSum(int32_t a, int32_t b) {
    return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

struct ScaleAndZero {
    float scale;
    float zero;
};

/// For uint8 of what lies in [low, high], 0 included.
CLIPSCOPE_HD inline ScaleAndZero dynamicScale(float low, float high) {
    const float scale = high == low ? 1.0f : (high - low) / 255.0f;
    return {scale, static_cast<float>(saturated<uint8_t>(math::rint(-low / scale)))};
}

}  // namespace functors
}  // namespace clipscope::runtime
