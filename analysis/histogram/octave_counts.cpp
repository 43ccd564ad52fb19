// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/octave_counts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "analysis/histogram/vectorise.h"

namespace clipscope::histogram {
namespace {

constexpr size_t kLine = 16;  ///< counts of a cache line
using Line = uint32_t __attribute__((vector_size(kLine * sizeof(uint32_t))));

constexpr size_t kTogether = 64;  ///< lines, one for each bit of a mask

/// The lines, of up to kTogether, that hold any count: bit i for line i.
template <typename Count>
CLIPSCOPE_INLINE uint64_t linesHolding(const Count* counts, size_t lines) {
    uint64_t used = 0;
    for (size_t line = 0; line < lines; ++line) {
        std::array<uint64_t, kLine * sizeof(Count) / sizeof(uint64_t)> words;
        std::memcpy(words.data(), counts + line * kLine, sizeof(words));
        uint64_t any = 0;
        for (const uint64_t word : words)
            any |= word;
        used |= uint64_t{any != 0} << line;
    }
    return used;
}

CLIPSCOPE_VECTORISE
uint64_t linesUsed(const uint32_t* counts, size_t lines) {
    return linesHolding(counts, lines);
}

CLIPSCOPE_VECTORISE
uint64_t linesUsed(const uint16_t* counts, size_t lines) {
    return linesHolding(counts, lines);
}

/// Calls `visit` with where each of the lines begins.
template <typename Visit>
void forEachLine(uint64_t lines, Visit&& visit) {
    for (; lines != 0; lines &= lines - 1)
        visit(kLine * static_cast<size_t>(std::countr_zero(lines)));
}

CLIPSCOPE_INLINE void load(const uint32_t* counts, Line& line) {
    std::memcpy(&line, counts, sizeof(line));
}

CLIPSCOPE_INLINE void load(const uint16_t* counts, Line& line) {
    uint16_t __attribute__((vector_size(kLine * sizeof(uint16_t)))) narrow;
    std::memcpy(&narrow, counts, sizeof(narrow));
    line = __builtin_convertvector(narrow, Line);
}

/// into[i] += counts[i] modulo 2^32 in those lines; whether any of them wrapped round. The other
/// lines, as in the lower octaves most are, are not fetched, and all are asked for before the first
/// is waited for.
template <typename Count>
CLIPSCOPE_INLINE bool addLinesTo(uint32_t* __restrict into, const Count* __restrict counts,
                                 uint64_t lines) {
    Line carries{};  // out of the uppermost bits
    forEachLine(lines, [into](size_t at) { __builtin_prefetch(into + at, 1); });
    for (; lines != 0; lines &= lines - 1) {
        const size_t at = kLine * static_cast<size_t>(std::countr_zero(lines));
        Line to;
        Line from;
        load(into + at, to);
        load(counts + at, from);
        const Line sum = to + from;
        std::memcpy(into + at, &sum, sizeof(sum));
        carries |= (to & from) | ((to | from) & ~sum);
    }
    uint32_t any = 0;
    for (size_t i = 0; i < kLine; ++i)
        any |= carries[i];
    return any >> 31 != 0;
}

CLIPSCOPE_VECTORISE
bool addWrapping(uint32_t* into, const uint32_t* counts, uint64_t lines) {
    return addLinesTo(into, counts, lines);
}

CLIPSCOPE_VECTORISE
bool addWrapping(uint32_t* into, const uint16_t* counts, uint64_t lines) {
    return addLinesTo(into, counts, lines);
}

/// The same where no sum wraps round; the counts become 0.
template <typename Count>
CLIPSCOPE_INLINE void moveLinesTo(uint32_t* __restrict into, Count* __restrict counts,
                                  uint64_t lines) {
    forEachLine(lines, [into](size_t at) { __builtin_prefetch(into + at, 1); });
    for (; lines != 0; lines &= lines - 1) {
        const size_t at = kLine * static_cast<size_t>(std::countr_zero(lines));
        Line to;
        Line from;
        load(into + at, to);
        load(counts + at, from);
        to += from;
        std::memcpy(into + at, &to, sizeof(to));
        std::memset(counts + at, 0, kLine * sizeof(Count));
    }
}

CLIPSCOPE_VECTORISE
void moveLines(uint32_t* into, uint32_t* counts, uint64_t lines) {
    moveLinesTo(into, counts, lines);
}

CLIPSCOPE_VECTORISE
void moveLines(uint32_t* into, uint16_t* counts, uint64_t lines) {
    moveLinesTo(into, counts, lines);
}

}  // namespace

void OctaveCounts::add(size_t i, uint64_t count) {
    const uint64_t sum = (*this)[i] + count;
    if (sum >> 32 != 0 && !isWide())
        widen();
    m_words[i] = static_cast<uint32_t>(sum);
    if (isWide())
        m_words[m_bins + i] = static_cast<uint32_t>(sum >> 32);
}

/// To bins of as many counts.
template <typename Count>
void OctaveCounts::addFolded(std::span<const Count> counts) {
    const size_t together = counts.size() / m_bins;
    for (size_t i = 0; i < m_bins; ++i) {
        uint64_t sum = 0;
        for (size_t j = 0; j < together; ++j)
            sum += counts[i * together + j];
        add(i, sum);
    }
}

/// To bins [first, first + counts.size()), up to kTogether lines; returns those that hold any.
template <typename Count>
uint64_t OctaveCounts::addLines(size_t first, std::span<const Count> counts) {
    const uint64_t used = linesUsed(counts.data(), counts.size() / kLine);
    if (!addWrapping(&m_words[first], counts.data(), used))
        return used;
    if (!isWide())
        widen();
    for (size_t i = 0; i < counts.size(); ++i)
        m_words[m_bins + first + i] += m_words[first + i] < counts[i];
    return used;
}

void OctaveCounts::add(std::span<const uint32_t> counts) {
    if (counts.size() > m_bins)
        return addFolded(counts);
    for (size_t first = 0; first < m_bins; first += kTogether * kLine)
        addLines(first, counts.subspan(first, std::min<size_t>(kTogether * kLine, m_bins - first)));
}

template <typename Count>
void OctaveCounts::takeAny(std::span<Count> counts, uint64_t most) {
    if (counts.size() > m_bins) {
        addFolded<Count>(counts);
        std::ranges::fill(counts, Count{0});
        return;
    }
    for (size_t first = 0; first < m_bins; first += kTogether * kLine) {
        const auto part =
            counts.subspan(first, std::min<size_t>(kTogether * kLine, m_bins - first));
        if (most <= std::numeric_limits<uint32_t>::max())
            moveLines(&m_words[first], part.data(), linesUsed(part.data(), part.size() / kLine));
        else
            forEachLine(addLines<Count>(first, part),
                        [&](size_t at) { std::fill_n(&part[at], kLine, Count{0}); });
    }
}

void OctaveCounts::take(std::span<uint32_t> counts, uint64_t most) {
    takeAny(counts, most);
}

void OctaveCounts::take(std::span<uint16_t> counts, uint64_t most) {
    takeAny(counts, most);
}

void OctaveCounts::add(const OctaveCounts& other) {
    const std::span words(other.m_words);
    add(words.first(other.m_bins));
    if (!other.isWide())
        return;
    const size_t together = other.m_bins / m_bins;
    for (size_t i = 0; i < other.m_bins; ++i)
        add(i / together, uint64_t{words[other.m_bins + i]} << 32);
}

}  // namespace clipscope::histogram
