// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace clipscope::histogram {

/// The counts of the bins of one octave, modulo 2^64: of 8 bits each, or of 16, 32 or 64 once one
/// of them needs it. Short runs take less memory and, more important, less of the caches that they
/// share with the model.
class OctaveCounts {
public:
    OctaveCounts() = default;
    explicit OctaveCounts(size_t bins) : m_counts(std::vector<uint8_t>(bins)) {}

    bool isEmpty() const { return size() == 0; }
    size_t size() const;
    uint64_t operator[](size_t i) const;
    size_t used() const;  ///< how many counts are not 0

    /// Calls `visit` with the place and the count of those that are not 0, ascending.
    template <typename Visit>
    void forEachUsed(Visit&& visit) const {
        std::visit(
            [&visit](const auto& counts) {
                for (size_t i = 0; i < counts.size(); ++i)
                    if (counts[i] != 0)
                        visit(i, uint64_t{counts[i]});
            },
            m_counts);
    }

    void add(size_t i, uint64_t count);
    /// As many counts as there are bins, or a multiple of it: neighbours are added to one bin.
    void add(std::span<const uint32_t> counts);
    void add(const OctaveCounts& other);
    /// Adds them, and sets them to 0.
    void take(std::span<uint32_t> counts);
    void take(std::span<uint16_t> counts);

    /// As they lie in memory.
    std::span<const std::byte> bytes() const;
    size_t byteSize() const;
    bool operator==(const OctaveCounts& other) const;

private:
    template <typename Count>
    void addFolded(std::span<const Count> counts);
    template <typename Count>
    void addLines(std::span<Count> counts);
    bool fits(uint64_t count) const;
    void makeRoom(uint64_t more);
    void widen();

    std::variant<std::vector<uint8_t>, std::vector<uint16_t>, std::vector<uint32_t>,
                 std::vector<uint64_t>>
        m_counts;
    uint64_t m_most = 0;  ///< none of the counts is more
};

}  // namespace clipscope::histogram
