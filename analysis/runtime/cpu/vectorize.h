// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Loops for the widest vectors of the processor, whatever the baseline the program is built for.
/// Every copy computes the same: sums go through a fixed number of lanes, multiply-add is not
/// contracted.

#include <bit>
#include <cstdint>

// The sanitizers' runtimes are not up yet when the copies are resolved.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CLIPSCOPE_VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLIPSCOPE_VECTORIZED
#endif
#define CLIPSCOPE_INLINE __attribute__((always_inline)) inline
#define CLIPSCOPE_INLINE_LAMBDA __attribute__((always_inline))

namespace clipscope::runtime {

/// e^x with a relative error below 2e-7; overflows to infinity, keeps NaN. Branch-free: loops over
/// it are vectorised. The polynomial is that of Cephes' expf (S. Moshier).
CLIPSCOPE_INLINE float fastExp(float x) {
    constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
    x = x < -104.0f ? -104.0f : x;
    x = x > 89.0f ? 89.0f : x;
    const float shifted = x * 1.44269504088896341f + kRound;
    const float n = shifted - kRound;
    const float r = x - n * 0.693359375f - n * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    // Two factors, as 2^n alone may be outside the normal range.
    const int32_t exponent = std::bit_cast<int32_t>(shifted) - std::bit_cast<int32_t>(kRound);
    const int32_t half = exponent >> 1;
    const float first = std::bit_cast<float>((half + 127) << 23);
    const float second = std::bit_cast<float>((exponent - half + 127) << 23);
    return p * first * second;
}

/// combine(..., value(i)) over [0, count) in `Lanes` lanes, which are combined at the end.
template <int64_t Lanes, typename Accumulator, typename Value, typename Combine>
CLIPSCOPE_INLINE Accumulator inThatManyLanes(int64_t count, Accumulator start, const Value& value,
                                             const Combine& combine) {
    Accumulator lanes[Lanes];
    for (Accumulator& lane : lanes)
        lane = start;
    int64_t i = 0;
    for (; i + Lanes <= count; i += Lanes)
        for (int64_t lane = 0; lane < Lanes; ++lane)
            lanes[lane] = combine(lanes[lane], value(i + lane));
    for (int64_t lane = 0; i < count; ++i, ++lane)
        lanes[lane] = combine(lanes[lane], value(i));
    for (int64_t width = Lanes / 2; width > 0; width /= 2)
        for (int64_t lane = 0; lane < width; ++lane)
            lanes[lane] = combine(lanes[lane], lanes[lane + width]);
    return lanes[0];
}

/// The same in a number of lanes that depends on `count` only.
template <typename Accumulator, typename Value, typename Combine>
CLIPSCOPE_INLINE Accumulator inLanes(int64_t count, Accumulator start, const Value& value,
                                     const Combine& combine) {
    if (count >= 128)
        return inThatManyLanes<64>(count, start, value, combine);
    return inThatManyLanes<8>(count, start, value, combine);
}

/// The sum of value(i) over [0, count), in float64.
template <typename Value>
CLIPSCOPE_INLINE double sumInLanes(int64_t count, const Value& value) {
    return inLanes(count, 0.0, value,
                   [](double a, double b) CLIPSCOPE_INLINE_LAMBDA { return a + b; });
}

}  // namespace clipscope::runtime
