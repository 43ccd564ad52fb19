// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Loops for the widest vectors of the processor, whatever the baseline the program is built for.
/// Every copy computes the same: sums go through a fixed number of lanes, multiply-add is not
/// contracted.

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
