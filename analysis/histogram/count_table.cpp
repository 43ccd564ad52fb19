// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/count_table.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "analysis/histogram/vectorise.h"

namespace clipscope::histogram {
namespace {

constexpr uint32_t kInfinityBits = 0x7f800000u;
constexpr size_t kMost = std::numeric_limits<uint16_t>::max();

/// `to` becomes `from`, which becomes 0; whether it was not.
template <typename Count>
CLIPSCOPE_INLINE bool moveOut(Count* __restrict from, uint32_t* __restrict to, size_t size) {
    Count any = 0;
    for (size_t i = 0; i < size; ++i) {
        to[i] = from[i];
        any |= from[i];
        from[i] = 0;
    }
    return any != 0;
}

CLIPSCOPE_VECTORISE
bool moveCounts(uint32_t* from, uint32_t* to, size_t size) {
    return moveOut(from, to, size);
}

CLIPSCOPE_VECTORISE
bool moveCounts(uint16_t* from, uint32_t* to, size_t size) {
    return moveOut(from, to, size);
}

/// Adds `from`, which becomes 0.
CLIPSCOPE_VECTORISE
void moveInto(uint16_t* __restrict from, uint32_t* __restrict to, size_t size) {
    for (size_t i = 0; i < size; ++i) {
        to[i] += from[i];
        from[i] = 0;
    }
}

CLIPSCOPE_VECTORISE
uint16_t largestOf(const uint16_t* counts, size_t size) {
    uint16_t largest = 0;
    for (size_t i = 0; i < size; ++i)
        largest = std::max(largest, counts[i]);
    return largest;
}

template <typename Count>
CLIPSCOPE_INLINE bool isAny(const Count* counts, size_t size) {
    Count any = 0;
    for (size_t i = 0; i < size; ++i)
        any |= counts[i];
    return any != 0;
}

CLIPSCOPE_VECTORISE
bool isAnyCounted(const uint32_t* counts, size_t size) {
    return isAny(counts, size);
}

CLIPSCOPE_VECTORISE
bool isAnyCounted(const uint16_t* counts, size_t size) {
    return isAny(counts, size);
}

}  // namespace

bool CountTable::count(std::span<const float> values, std::span<const float> upcoming) {
    bool allFinite = true;
    while (!values.empty()) {
        const std::span<const float> piece = values.first(std::min(kPiece, values.size()));
        values = values.subspan(piece.size());
        allFinite = countPiece(piece, values.empty() ? upcoming : values) && allFinite;
    }
    return allFinite;
}

bool CountTable::countPiece(std::span<const float> values, std::span<const float> upcoming) {
    if (m_counted == 0)
        fetchCounts();
    if (values.size() > m_room)
        makeRoom();
    m_room -= values.size();
    std::span<const std::byte> bins;
    if (!m_toFetch.empty()) {
        bins = m_toFetch.back();
        m_toFetch.pop_back();
    }
    const Seen seen = countByKey(values, m_floor, {upcoming, bins}, m_counts.data());
    m_counted += values.size();
    m_least = std::min(m_least, seen.least);
    m_largest = std::max(m_largest, seen.largest());
    const bool areFinite = seen.largest() < kInfinityBits;
    m_extent.include(areFinite && seen.hasBothSigns()
                         ? Extent{seen.min(), seen.max(), values.size()}
                         : extentOf(values));
    if (!areFinite)
        for (const float value : values) {
            m_positiveInfinities += value == std::numeric_limits<float>::infinity();
            m_negativeInfinities += value == -std::numeric_limits<float>::infinity();
        }
    return areFinite;
}

void CountTable::begin(const Histogram& target, bool willPour) {
    m_floor = target.lowestFine();
    m_room = kMost;
    m_likely.clear();
    m_toFetch.clear();
    for (int exponent = m_floor; exponent <= target.topOctave(); ++exponent)
        for (const bool negative : {false, true})
            if (const OctaveCounts* octave = target.find(negative, exponent)) {
                m_likely.push_back(keyOf(negative, exponent));
                if (willPour && octave->size() == kFineBins)
                    m_toFetch.push_back(octave->bytes());
            }
    m_places.fill(-1);
    m_extent = {};
    m_least = std::numeric_limits<uint32_t>::max();
    m_largest = 0;
    m_counted = m_zeros = m_positiveInfinities = m_negativeInfinities = 0;
}

/// What ran between two tensors has driven them out of the nearest caches, and fetching each when
/// it is to be incremented takes several times as long.
void CountTable::fetchCounts() const {
    for (const size_t key : m_likely)
        for (size_t i = 0; i < kFineBins; i += 64 / sizeof(m_counts[0]))
            __builtin_prefetch(&m_counts[key + i], 1);
}

/// No count can wrap round before as many values as the largest one has room for are counted. Where
/// those are few, all counts move to the wider table and begin at 0.
void CountTable::makeRoom() {
    uint16_t largest = 0;
    forEachOctave(m_counts.data(), [&](bool, int, std::span<uint16_t> counts) {
        largest = std::max(largest, largestOf(counts.data(), counts.size()));
    });
    m_room = kMost - largest;
    if (m_room < kMost / 4) {
        spill();
        m_room = kMost;
    }
    endZeros();
}

void CountTable::spill() {
    m_spilled.resize(kKeys);
    m_hasSpilled = true;
    forEachOctave(m_counts.data(), [&](bool, int, std::span<uint16_t> counts) {
        moveInto(counts.data(), &m_spilled[static_cast<size_t>(counts.data() - m_counts.data())],
                 counts.size());
    });
}

template <typename Count, typename Visit>
void CountTable::forEachOctave(Count* counts, Visit&& visit) {
    for (int exponent = leastOctave(); exponent <= largestOctave(); ++exponent)
        for (const bool negative : {false, true})
            if (!allFinite() || (negative ? m_extent.min < 0 : m_extent.max > 0))
                visit(negative, exponent,
                      std::span(counts + keyOf(negative, exponent), binsOf(exponent)));
}

template <typename Count>
void CountTable::takeOut(Count* from) {
    size_t taken = 0;
    forEachOctave(from, [&](bool negative, int exponent, std::span<Count> counts) {
        if (m_taken.size() < taken + counts.size())
            m_taken.resize(taken + counts.size());
        if (!moveCounts(counts.data(), &m_taken[taken], counts.size()))
            return;
        m_places[placeOf(negative, exponent)] = static_cast<int32_t>(taken);
        taken += counts.size();
    });
}

template <typename Count>
void CountTable::pour(Count* from, Histogram& target) {
    forEachOctave(from, [&](bool negative, int exponent, std::span<Count> counts) {
        if (exponent == kOctaves)  // that of infinities and NaN
            std::ranges::fill(counts, Count{0});
        else if (target.find(negative, exponent) || isAnyCounted(counts.data(), counts.size()))
            target.octave(negative, exponent).take(counts);
    });
}

void CountTable::end() {
    if (m_hasSpilled)
        spill();
    m_hasSpilled ? takeOut(m_spilled.data()) : takeOut(m_counts.data());
    m_hasSpilled = false;
    endZeros();
}

void CountTable::pourInto(Histogram& target) {
    if (m_hasSpilled)
        spill();
    m_hasSpilled ? pour(m_spilled.data(), target) : pour(m_counts.data(), target);
    m_hasSpilled = false;
    endZeros();
}

void CountTable::endZeros() {
    for (uint16_t& zeros : std::span(m_counts).subspan(kZeroKeys, kZeroLanes))
        m_zeros += std::exchange(zeros, uint16_t{0});
}

std::span<const uint32_t> CountTable::octave(bool negative, int exponent) const {
    const int32_t place = m_places[placeOf(negative, exponent)];
    if (place < 0)
        return {};
    return std::span(m_taken).subspan(static_cast<size_t>(place), binsOf(exponent));
}

}  // namespace clipscope::histogram
