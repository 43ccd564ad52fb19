// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "analysis/histogram/histogram.h"

namespace clipscope::histogram {

/// Counts by key: sign, exponent and the mantissa bits of a fine bin; then zeros, kZeroLanes of
/// them so that they do not wait for one another; then sign, exponent and the mantissa bits of a
/// coarse bin.
inline constexpr uint32_t kZeroKeys = 512 * kFineBins;
inline constexpr uint32_t kZeroLanes = 8;
inline constexpr uint32_t kCoarseKeys = kZeroKeys + kZeroLanes;
inline constexpr uint32_t kKeys = kCoarseKeys + 512 * kCoarseBins;

/// Extremes of the bits of some values, in both of their orders: with a sign, positive floats come
/// after negative ones; without one, negative ones after the others.
struct Seen {
    static constexpr uint32_t kMagnitude = 0x7fffffffu;

    int32_t highest = std::numeric_limits<int32_t>::min();
    uint32_t last = 0;
    uint32_t least = std::numeric_limits<uint32_t>::max();  ///< |x| but 0, as bits, less 1

    bool hasBothSigns() const { return (last >> 31) != 0 && highest >= 0; }
    /// The largest |x| as bits.
    uint32_t largest() const {
        const uint32_t negative = (last >> 31) != 0 ? last & kMagnitude : 0;
        return std::max(negative, highest >= 0 ? static_cast<uint32_t>(highest) : 0);
    }
    /// Of finite values of both signs; + 0 turns -0 into 0.
    float min() const { return std::bit_cast<float>(last) + 0.0f; }
    float max() const { return std::bit_cast<float>(highest); }
};

/// What is fetched into the caches while values are counted, as many bytes of each as those take.
struct Ahead {
    std::span<const float> values;    ///< to be counted next
    std::span<const std::byte> bins;  ///< that will be added to
};

/// Adds 1 to the count of each value's key, of which there are kKeys. `lowestFine`: the exponent
/// field from which on bins are fine. The counts wrap round.
Seen countByKey(std::span<const float> values, int lowestFine, const Ahead& ahead,
                uint16_t* counts);

}  // namespace clipscope::histogram
