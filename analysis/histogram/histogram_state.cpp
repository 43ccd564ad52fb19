// SPDX-License-Identifier: Apache-2.0
// Histogram::fromState: what a file says, checked.
#include <bit>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/histogram/histogram.h"

namespace clipscope::histogram {
namespace {

[[noreturn]] void contradiction(const std::string& what) {
    throw Error(ErrorCode::BadInput, "the histogram contradicts itself: " + what +
                                         "; the file that holds it is damaged");
}

uint64_t checkedSum(uint64_t a, uint64_t b) {
    if (a + b < a)
        contradiction("its counts add up to more than 64 bits hold");
    return a + b;
}

/// The counts of everything finite; min and max must be there exactly when there is any.
uint64_t checkedFinite(const Histogram::State& state) {
    uint64_t finite = state.zeros;
    for (const Bin& bin : state.bins)
        finite = checkedSum(finite, bin.count);
    checkedSum(checkedSum(finite, state.nan),
               checkedSum(state.positiveInfinities, state.negativeInfinities));
    if (!std::isfinite(state.min) || !std::isfinite(state.max) || state.min > state.max)
        contradiction(fmt::format("min {} and max {}", state.min, state.max));
    if (finite == 0 && (state.min != 0 || state.max != 0))
        contradiction("it has extremes but no finite value");
    return finite;
}

}  // namespace

Histogram Histogram::fromSource(const State& scalars, uint64_t finiteCount,
                                std::shared_ptr<const HistogramSource> source) {
    if (!std::isfinite(scalars.min) || !std::isfinite(scalars.max) || scalars.min > scalars.max)
        contradiction(fmt::format("min {} and max {}", scalars.min, scalars.max));
    if (finiteCount < scalars.zeros || (finiteCount == 0 && (scalars.min != 0 || scalars.max != 0)))
        contradiction(fmt::format("it has {} finite values", finiteCount));
    Histogram result;
    result.addRange(scalars.min, scalars.max, finiteCount);
    result.m_zeros = scalars.zeros;
    result.m_nan = scalars.nan;
    result.m_positiveInfinities = scalars.positiveInfinities;
    result.m_negativeInfinities = scalars.negativeInfinities;
    result.m_source = std::move(source);
    return result;
}

Histogram Histogram::fromState(const State& state) {
    Histogram result;
    result.addRange(state.min, state.max, checkedFinite(state));
    result.m_zeros = state.zeros;
    result.m_nan = state.nan;
    result.m_positiveInfinities = state.positiveInfinities;
    result.m_negativeInfinities = state.negativeInfinities;

    // The bins of min and max must exist and none may lie beyond them, nor zeros.
    bool seesMin = state.min == 0 && state.zeros > 0;
    bool seesMax = state.max == 0 && state.zeros > 0;
    if (state.zeros > 0 && (state.min > 0 || state.max < 0))
        contradiction("it has zeros outside of its extremes");
    for (const Bin& bin : state.bins) {
        const int exponent = static_cast<int>((bin.bits >> 23) & 0xffu);
        if (exponent > result.m_top)
            contradiction(fmt::format("bin {:08x} lies beyond its extremes", bin.bits));
        const int shift = result.isFine(exponent) ? kFineShift : kCoarseShift;
        const uint32_t mask = (1u << shift) - 1;
        if (bin.count == 0 || (bin.bits & mask) != 0)
            contradiction(fmt::format("bin {:08x} is empty or no bin's edge", bin.bits));
        // Nearest and farthest value of the bin, signed.
        const uint32_t first = (bin.bits & 0x7fffffffu) == 0 ? bin.bits + 1 : bin.bits;
        const float nearest = std::bit_cast<float>(first);
        const float farthest = std::bit_cast<float>(bin.bits | mask);
        const float low = bin.isNegative() ? farthest : nearest;
        const float high = bin.isNegative() ? nearest : farthest;
        if (high < state.min || low > state.max)
            contradiction(fmt::format("bin {:08x} lies beyond its extremes", bin.bits));
        seesMin = seesMin || low <= state.min;
        seesMax = seesMax || high >= state.max;
        OctaveCounts& counts = result.octave(bin.isNegative(), exponent);
        const size_t i = (bin.bits & 0x7fffffu) >> shift;
        if (counts[i] != 0)
            contradiction(fmt::format("bin {:08x} occurs twice", bin.bits));
        counts.add(i, bin.count);
    }
    if (result.m_finite > 0 && (!seesMin || !seesMax))
        contradiction("no bin holds one of its extremes");
    return result;
}

}  // namespace clipscope::histogram
