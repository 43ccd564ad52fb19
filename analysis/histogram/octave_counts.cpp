// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/octave_counts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "analysis/histogram/vectorise.h"

namespace clipscope::histogram {
namespace {

constexpr size_t kLine = 32;       ///< counts that are looked at together
constexpr size_t kMostLines = 64;  ///< one for each bit of a mask
constexpr size_t kCacheLine = 64;  ///< bytes

/// Which lines hold any count, bit i for line i, and the bits that any of the counts has.
struct Used {
    uint64_t lines = 0;
    uint64_t bits = 0;
};

template <typename Count>
CLIPSCOPE_INLINE Used usedOf(const Count* counts, size_t lines) {
    Used used;
    uint64_t all = 0;
    for (size_t line = 0; line < lines; ++line) {
        std::array<uint64_t, kLine * sizeof(Count) / sizeof(uint64_t)> words;
        std::memcpy(words.data(), counts + line * kLine, sizeof(words));
        uint64_t any = 0;
        for (const uint64_t word : words)
            any |= word;
        used.lines |= uint64_t{any != 0} << line;
        all |= any;
    }
    for (const Count count : std::bit_cast<std::array<Count, sizeof(all) / sizeof(Count)>>(all))
        used.bits |= count;
    return used;
}

CLIPSCOPE_VECTORISE
Used usedLines(const uint32_t* counts, size_t lines) {
    return usedOf(counts, lines);
}

CLIPSCOPE_VECTORISE
Used usedLines(const uint16_t* counts, size_t lines) {
    return usedOf(counts, lines);
}

/// Calls `visit` with where each of the lines begins.
template <typename Visit>
void forEachLine(uint64_t lines, Visit&& visit) {
    for (; lines != 0; lines &= lines - 1)
        visit(kLine * static_cast<size_t>(std::countr_zero(lines)));
}

/// bins[i] += counts[i] in those lines, and counts[i] = 0 where they can be set. The other lines,
/// as in the lower octaves most are, are not fetched, and all are asked for before the first is
/// waited for.
template <typename Bin, typename Count>
CLIPSCOPE_INLINE void addLinesTo(Bin* __restrict bins, Count* __restrict counts, uint64_t lines) {
    forEachLine(lines, [bins](size_t at) {
        for (size_t i = 0; i < kLine; i += kCacheLine / sizeof(Bin))
            __builtin_prefetch(bins + at + i, 1);
    });
    for (; lines != 0; lines &= lines - 1) {
        const size_t at = kLine * static_cast<size_t>(std::countr_zero(lines));
        for (size_t i = 0; i < kLine; ++i)
            bins[at + i] = static_cast<Bin>(bins[at + i] + counts[at + i]);
        if constexpr (!std::is_const_v<Count>)
            std::memset(counts + at, 0, kLine * sizeof(Count));
    }
}

CLIPSCOPE_VECTORISE
void addUsed(uint8_t* bins, uint16_t* counts, uint64_t lines) {
    addLinesTo(bins, counts, lines);
}

CLIPSCOPE_VECTORISE
void addUsed(uint16_t* bins, uint16_t* counts, uint64_t lines) {
    addLinesTo(bins, counts, lines);
}

CLIPSCOPE_VECTORISE
void addUsed(uint32_t* bins, uint16_t* counts, uint64_t lines) {
    addLinesTo(bins, counts, lines);
}

CLIPSCOPE_VECTORISE
void addUsed(uint8_t* bins, const uint32_t* counts, uint64_t lines) {
    addLinesTo(bins, counts, lines);
}

CLIPSCOPE_VECTORISE
void addUsed(uint16_t* bins, const uint32_t* counts, uint64_t lines) {
    addLinesTo(bins, counts, lines);
}

CLIPSCOPE_VECTORISE
void addUsed(uint32_t* bins, const uint32_t* counts, uint64_t lines) {
    addLinesTo(bins, counts, lines);
}

template <typename Count>
void addUsed(uint64_t* bins, Count* counts, uint64_t lines) {
    addLinesTo(bins, counts, lines);
}

}  // namespace

size_t OctaveCounts::size() const {
    return std::visit([](const auto& counts) { return counts.size(); }, m_counts);
}

uint64_t OctaveCounts::operator[](size_t i) const {
    return std::visit([i](const auto& counts) { return uint64_t{counts[i]}; }, m_counts);
}

size_t OctaveCounts::used() const {
    const auto unused = [](const auto& counts) { return std::ranges::count(counts, 0u); };
    return size() - static_cast<size_t>(std::visit(unused, m_counts));
}

std::span<const std::byte> OctaveCounts::bytes() const {
    return std::visit([](const auto& counts) { return std::as_bytes(std::span(counts)); },
                      m_counts);
}

size_t OctaveCounts::byteSize() const {
    return std::visit([](const auto& counts) { return counts.capacity() * sizeof(counts[0]); },
                      m_counts);
}

bool OctaveCounts::operator==(const OctaveCounts& other) const {
    return std::visit([](const auto& a, const auto& b) { return std::ranges::equal(a, b); },
                      m_counts, other.m_counts);
}

bool OctaveCounts::fits(uint64_t count) const {
    return std::visit(
               []<typename Count>(const std::vector<Count>&) {
                   return uint64_t{std::numeric_limits<Count>::max()};
               },
               m_counts) >= count;
}

/// Until no sum of a count and `more` can wrap round, or counts have 64 bits.
void OctaveCounts::makeRoom(uint64_t more) {
    const auto most = [&] { return m_most + std::min(more, ~m_most); };
    if (!fits(most()))
        m_most = std::visit(
            [](const auto& counts) { return uint64_t{*std::ranges::max_element(counts)}; },
            m_counts);
    while (!fits(most()))
        widen();
    m_most = most();
}

void OctaveCounts::widen() {
    const auto to = [this]<typename Wide>(const auto& counts, Wide) {
        m_counts = std::vector<Wide>(counts.begin(), counts.end());
    };
    if (const auto* bytes = std::get_if<std::vector<uint8_t>>(&m_counts))
        to(*bytes, uint16_t{});
    else if (const auto* narrow = std::get_if<std::vector<uint16_t>>(&m_counts))
        to(*narrow, uint32_t{});
    else if (const auto* wide = std::get_if<std::vector<uint32_t>>(&m_counts))
        to(*wide, uint64_t{});
}

void OctaveCounts::add(size_t i, uint64_t count) {
    const uint64_t sum = (*this)[i] + count;
    while (!fits(sum))
        widen();
    m_most = std::max(m_most, sum);
    std::visit(
        [&]<typename Count>(std::vector<Count>& counts) { counts[i] = static_cast<Count>(sum); },
        m_counts);
}

template <typename Count>
void OctaveCounts::addFolded(std::span<const Count> counts) {
    std::vector<uint64_t> sums(size());
    const size_t together = counts.size() / sums.size();
    for (size_t i = 0; i < sums.size(); ++i)
        for (size_t j = 0; j < together; ++j)
            sums[i] += counts[i * together + j];
    makeRoom(*std::ranges::max_element(sums));
    std::visit(
        [&]<typename Bin>(std::vector<Bin>& bins) {
            for (size_t i = 0; i < bins.size(); ++i)
                bins[i] = static_cast<Bin>(bins[i] + sums[i]);
        },
        m_counts);
}

/// As many as there are bins.
template <typename Count>
void OctaveCounts::addLines(std::span<Count> counts) {
    for (size_t first = 0; first < counts.size(); first += kMostLines * kLine) {
        const auto part =
            counts.subspan(first, std::min(kMostLines * kLine, counts.size() - first));
        const Used used = usedLines(part.data(), part.size() / kLine);
        makeRoom(used.bits);
        std::visit([&](auto& bins) { addUsed(bins.data() + first, part.data(), used.lines); },
                   m_counts);
    }
}

void OctaveCounts::add(std::span<const uint32_t> counts) {
    counts.size() > size() ? addFolded(counts) : addLines(counts);
}

void OctaveCounts::add(const OctaveCounts& other) {
    std::visit([this](const auto& counts) { addFolded(std::span(counts)); }, other.m_counts);
}

void OctaveCounts::take(std::span<uint32_t> counts) {
    add(counts);
    std::ranges::fill(counts, 0u);
}

void OctaveCounts::take(std::span<uint16_t> counts) {
    if (counts.size() == size())
        return addLines(counts);
    addFolded<uint16_t>(counts);
    std::ranges::fill(counts, uint16_t{0});
}

}  // namespace clipscope::histogram
