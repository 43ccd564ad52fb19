// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace clipscope::histogram {

/// The counts of the bins of one octave: 64 bits each, whose upper halves take memory only once a
/// count needs them.
class OctaveCounts {
public:
    OctaveCounts() = default;
    explicit OctaveCounts(size_t bins) : m_bins(static_cast<uint32_t>(bins)), m_words(bins) {}

    bool isEmpty() const { return m_bins == 0; }
    size_t size() const { return m_bins; }
    uint64_t operator[](size_t i) const {
        return m_words[i] | (isWide() ? uint64_t{m_words[m_bins + i]} << 32 : 0);
    }

    void add(size_t i, uint64_t count);
    /// As many counts as there are bins, or a multiple of it: neighbours are added to one bin.
    void add(std::span<const uint32_t> counts);
    void add(const OctaveCounts& other);
    /// Adds them, and sets them to 0. None of the sums is more than `most`.
    void take(std::span<uint32_t> counts, uint64_t most);
    void take(std::span<uint16_t> counts, uint64_t most);

    /// The lower halves, as they lie in memory.
    std::span<const uint32_t> lowerHalves() const { return std::span(m_words).first(m_bins); }
    size_t byteSize() const { return m_words.capacity() * sizeof(uint32_t); }
    bool operator==(const OctaveCounts&) const = default;

private:
    template <typename Count>
    void addFolded(std::span<const Count> counts);
    template <typename Count>
    uint64_t addLines(size_t first, std::span<const Count> counts);
    template <typename Count>
    void takeAny(std::span<Count> counts, uint64_t most);
    bool isWide() const { return m_words.size() > m_bins; }
    void widen() { m_words.resize(size_t{2} * m_bins); }

    uint32_t m_bins = 0;
    std::vector<uint32_t> m_words;  ///< lower halves, and behind them the upper ones if any is used
};

}  // namespace clipscope::histogram
