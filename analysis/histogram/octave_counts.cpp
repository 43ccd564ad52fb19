// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/octave_counts.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "analysis/histogram/vectorise.h"

namespace clipscope::histogram {
namespace {

constexpr size_t kLine = 16;  ///< counts of a cache line
using Line = uint32_t __attribute__((vector_size(kLine * sizeof(uint32_t))));

/// into[i] += counts[i] modulo 2^32; whether any of them wrapped round. Lines to which nothing is
/// added, as in the lower octaves most are, are not fetched, and all others are asked for before
/// the first is waited for. `size` is a multiple of kLine.
CLIPSCOPE_VECTORISE
bool addWrapping(uint32_t* __restrict into, const uint32_t* __restrict counts, size_t size) {
    Line carries{};  // out of the uppermost bits
    for (size_t at = 0; at < size; at += 64 * kLine) {
        uint64_t used = 0;  // a bit for each line
        for (size_t line = 0; line < std::min<size_t>(64, (size - at) / kLine); ++line) {
            uint32_t any = 0;
            for (size_t i = at + line * kLine; i < at + (line + 1) * kLine; ++i)
                any |= counts[i];
            used |= uint64_t{any != 0} << line;
        }
        const auto firstOf = [at](uint64_t lines) {
            return at + kLine * static_cast<size_t>(std::countr_zero(lines));
        };
        for (uint64_t left = used; left != 0; left &= left - 1)
            __builtin_prefetch(into + firstOf(left), 1);
        for (uint64_t left = used; left != 0; left &= left - 1) {
            Line to;
            Line from;
            std::memcpy(&to, into + firstOf(left), sizeof(Line));
            std::memcpy(&from, counts + firstOf(left), sizeof(Line));
            const Line sum = to + from;
            std::memcpy(into + firstOf(left), &sum, sizeof(Line));
            carries |= (to & from) | ((to | from) & ~sum);
        }
    }
    uint32_t any = 0;
    for (size_t i = 0; i < kLine; ++i)
        any |= carries[i];
    return any >> 31 != 0;
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

void OctaveCounts::add(std::span<const uint32_t> counts) {
    if (counts.size() > m_bins) {
        const size_t together = counts.size() / m_bins;
        for (size_t i = 0; i < m_bins; ++i) {
            uint64_t sum = 0;
            for (size_t j = 0; j < together; ++j)
                sum += counts[i * together + j];
            add(i, sum);
        }
        return;
    }
    if (!addWrapping(m_words.data(), counts.data(), m_bins))
        return;
    if (!isWide())
        widen();
    for (size_t i = 0; i < m_bins; ++i)
        m_words[m_bins + i] += m_words[i] < counts[i];
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
