// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "analysis/histogram/extent.h"
#include "analysis/histogram/histogram.h"

namespace clipscope::histogram {

/// Counts by key: sign, exponent and the mantissa bits of a fine bin; then zeros, kLanes of them so
/// that they do not wait for one another; then sign, exponent and the mantissa bits of a coarse
/// bin.
inline constexpr uint32_t kZeroKeys = 512 * kFineBins;
inline constexpr uint32_t kLanes = 8;
inline constexpr uint32_t kCoarseKeys = kZeroKeys + kLanes;
inline constexpr uint32_t kKeys = kCoarseKeys + 512 * kCoarseBins;

/// What one thread counts before it is added to a histogram: 32-bit counts of every bin there could
/// be (4.3 MiB, of which a tensor touches little). It takes at most 2^32 - 1 values.
class CountTable {
public:
    static constexpr size_t kPiece = 4096;  ///< values that stay in the first-level cache

    /// Octaves below `floor` are counted as coarse from now on. Nothing may have been counted.
    void begin(int floor) { m_floor = floor; }
    void count(std::span<const float> values);

    uint64_t counted() const { return m_counted; }
    const Extent& extent() const { return m_extent; }
    bool allFinite() const { return m_extent.finite == m_counted; }
    uint64_t positiveInfinities() const { return m_positiveInfinities; }
    uint64_t negativeInfinities() const { return m_negativeInfinities; }
    /// Exponent fields of the least and the largest |x|, where NaN and infinities are and 0 is not;
    /// least > largest where there is none.
    int leastOctave() const { return m_largest == 0 ? 255 : static_cast<int>((m_least + 1) >> 23); }
    int largestOctave() const { return static_cast<int>(m_largest >> 23); }

    /// The counts of an octave, kFineBins or kCoarseBins of them.
    std::span<uint32_t> octave(bool negative, int exponent);
    std::span<uint32_t> zeros() { return std::span(m_counts).subspan(kZeroKeys, kLanes); }

    /// After the octaves and the zeros were set to 0.
    void clear();

private:
    void countPiece(std::span<const float> values);

    std::array<uint32_t, kKeys> m_counts{};
    int m_floor = 0;
    uint64_t m_counted = 0;
    Extent m_extent;
    uint32_t m_least = 0xffffffffu;  ///< |x| but 0, as bits, less 1
    uint32_t m_largest = 0;
    uint64_t m_positiveInfinities = 0;
    uint64_t m_negativeInfinities = 0;
};

}  // namespace clipscope::histogram
