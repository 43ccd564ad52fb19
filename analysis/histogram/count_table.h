// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/histogram/bin_keys.h"
#include "analysis/histogram/extent.h"
#include "analysis/histogram/histogram.h"

namespace clipscope::histogram {

/// What one thread counts before it is added to a histogram: 16-bit counts of every bin there could
/// be (2.1 MiB, of which a tensor touches little, so that most of it stays in the first caches).
/// Counts that get near their most go on in a table of 32 bits (4.3 MiB, made on first use). It
/// takes at most 2^32 - 1 values.
/// Where other threads are to read what was counted, the one that counted, in whose caches it is,
/// takes it out and lays it side by side.
class CountTable {
public:
    static constexpr size_t kPiece = 2048;  ///< values that stay in the first-level cache

    /// Counts from now on for `target`, whose coarse octaves it counts as such. What it holds says
    /// which counts the values to come will need: they are fetched before the first is counted,
    /// and the bins that pourInto() will add to meanwhile, where it `willPour`.
    void begin(const Histogram& target, bool willPour);
    /// Fetches some of `upcoming`, which is to be counted next, while it counts. Returns whether
    /// all values are finite.
    bool count(std::span<const float> values, std::span<const float> upcoming = {});
    /// Ends counting: takes out what was counted since begin().
    void end();
    /// Instead of end(): gives all bins to `target`, whose range is that of the values already.
    void pourInto(Histogram& target);

    uint64_t counted() const { return m_counted; }
    const Extent& extent() const { return m_extent; }
    bool allFinite() const { return m_extent.finite == m_counted; }
    uint64_t positiveInfinities() const { return m_positiveInfinities; }
    uint64_t negativeInfinities() const { return m_negativeInfinities; }
    /// Exponent fields of the least and the largest |x|, where NaN and infinities are and 0 is not;
    /// least > largest where there is none.
    int leastOctave() const { return m_largest == 0 ? 255 : static_cast<int>((m_least + 1) >> 23); }
    int largestOctave() const { return static_cast<int>(m_largest >> 23); }

    /// After end(). The counts of an octave, kFineBins or kCoarseBins of them; none where
    /// no value lies in it.
    std::span<const uint32_t> octave(bool negative, int exponent) const;
    uint64_t zeros() const { return m_zeros; }

private:
    void fetchCounts() const;
    bool countPiece(std::span<const float> values, std::span<const float> upcoming);
    /// The first key of an octave.
    size_t keyOf(bool negative, int exponent) const {
        const size_t place = placeOf(negative, exponent);
        return exponent < m_floor ? kCoarseKeys + place * kCoarseBins : place * kFineBins;
    }
    static size_t placeOf(bool negative, int exponent) {
        return static_cast<size_t>(exponent) + (negative ? 256 : 0);
    }
    size_t binsOf(int exponent) const { return exponent < m_floor ? kCoarseBins : kFineBins; }
    void makeRoom();
    void spill();
    void endZeros();
    template <typename Count>
    void takeOut(Count* counts);
    template <typename Count>
    void pour(Count* counts, Histogram& target);
    /// Calls `visit` with the sign, the exponent and the counts of each octave that values may lie
    /// in, which are those of `counts`, by key.
    template <typename Count, typename Visit>
    void forEachOctave(Count* counts, Visit&& visit);

    std::array<uint16_t, kKeys> m_counts{};
    std::vector<uint32_t> m_spilled;  ///< by key: counts to be added to those; empty until needed
    bool m_hasSpilled = false;
    size_t m_room = 0;  ///< values that can be counted before any of m_counts could wrap round
    std::vector<size_t> m_likely;  ///< first keys of fine octaves, the likeliest last
    std::vector<std::span<const std::byte>>
        m_toFetch;                        ///< their bins in the target, the likeliest last
    std::vector<uint32_t> m_taken;        ///< octave after octave
    std::array<int32_t, 512> m_places{};  ///< in it, by sign and exponent; -1: nowhere
    int m_floor = 0;
    uint64_t m_zeros = 0;
    uint64_t m_counted = 0;
    Extent m_extent;
    uint32_t m_least = 0xffffffffu;  ///< |x| but 0, as bits, less 1
    uint32_t m_largest = 0;
    uint64_t m_positiveInfinities = 0;
    uint64_t m_negativeInfinities = 0;
};

}  // namespace clipscope::histogram
