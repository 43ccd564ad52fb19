// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/counter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include "analysis/base/parallel.h"
#include "analysis/histogram/vectorise.h"

namespace clipscope::histogram {
namespace {

constexpr size_t kOctaveBins = size_t{1} << kFineBits;
constexpr size_t kSignedOctaves = 512;  ///< sign and exponent field
constexpr size_t kKeys = kSignedOctaves * kOctaveBins;
constexpr uint32_t kLanes = 8;    ///< values that are counted side by side
constexpr size_t kBlock = 16;     ///< values that are counted at once where all are equal
constexpr size_t kPiece = 4096;   ///< values that stay in the first-level cache
constexpr size_t kDirect = 8192;  ///< up to here adding beats visiting whole octaves

/// The key of each value, and whether the values of each whole block are one and the same. Zeros
/// get kLanes keys of their own in turn.
CLIPSCOPE_VECTORISE
void keysOf(const float* values, size_t count, uint32_t* keys, bool* equal) {
    for (size_t i = 0; i < count; ++i) {
        const uint32_t bits = std::bit_cast<uint32_t>(values[i]);
        const uint32_t zero = static_cast<uint32_t>(kKeys) + static_cast<uint32_t>(i) % kLanes;
        keys[i] = (bits << 1) == 0 ? zero : bits >> kFineShift;
    }
    for (size_t block = 0; block < count / kBlock; ++block) {
        const float* first = values + block * kBlock;
        uint32_t difference = 0;
        for (size_t i = 1; i < kBlock; ++i)
            difference |= std::bit_cast<uint32_t>(first[i]) ^ std::bit_cast<uint32_t>(first[0]);
        equal[block] = difference == 0;
    }
}

}  // namespace

/// Zeros have kLanes counts of their own behind the keys, so that runs of them do not wait for one
/// another; their "octave" is kSignedOctaves.
struct Counter::Table {
    std::array<uint32_t, kKeys + kLanes> counts{};
    std::array<uint8_t, kSignedOctaves + 1> touched{};
    Extent extent;
    uint64_t pending = 0;  ///< values counted since the last flush
    uint64_t positiveInfinities = 0;
    uint64_t negativeInfinities = 0;

    void countPiece(std::span<const float> values);
};

void Counter::Table::countPiece(std::span<const float> values) {
    const Extent pieceExtent = extentOf(values);
    extent.include(pieceExtent);
    pending += values.size();
    if (pieceExtent.finite < values.size())
        for (const float value : values) {
            positiveInfinities += value == std::numeric_limits<float>::infinity();
            negativeInfinities += value == -std::numeric_limits<float>::infinity();
        }
    std::array<uint32_t, kPiece> keys;
    std::array<bool, kPiece / kBlock> equal;
    keysOf(values.data(), values.size(), keys.data(), equal.data());
    const auto countKeys = [&](size_t begin, size_t end) {
        for (size_t i = begin; i < end; ++i) {
            ++counts[keys[i]];
            touched[keys[i] >> kFineBits] = 1;
        }
    };
    const size_t blocks = values.size() / kBlock;
    for (size_t block = 0; block < blocks; ++block) {
        const size_t begin = block * kBlock;
        if (equal[block]) {
            counts[keys[begin]] += kBlock;
            touched[keys[begin] >> kFineBits] = 1;
        } else {
            countKeys(begin, begin + kBlock);
        }
    }
    countKeys(blocks * kBlock, values.size());
}

Counter::Counter(uint64_t mostPending)
    : m_table(std::make_unique<Table>()), m_mostPending(std::min(mostPending, kMostPending)) {}
Counter::~Counter() = default;
Counter::Counter(Counter&&) noexcept = default;
Counter& Counter::operator=(Counter&&) noexcept = default;

void Counter::count(std::span<const float> values, Histogram& target) {
    if (values.size() <= kDirect) {
        target.add(values);
        return;
    }
    countPieces(values, target);
}

void Counter::countPieces(std::span<const float> values, Histogram& target) {
    for (; !values.empty(); values = values.subspan(std::min(kPiece, values.size()))) {
        const std::span<const float> piece = values.first(std::min(kPiece, values.size()));
        if (m_table->pending + piece.size() > m_mostPending)
            flush(target);
        m_table->countPiece(piece);
    }
}

void Counter::flush(Histogram& target) {
    Table& table = *m_table;
    if (table.pending == 0)
        return;
    target.addRange(table.extent.min, table.extent.max, table.extent.finite);
    const std::span all(table.counts);
    for (size_t i = 0; i < kSignedOctaves; ++i) {
        if (!table.touched[i])
            continue;
        const std::span counts = all.subspan(i * kOctaveBins, kOctaveBins);
        const size_t exponent = i % (kSignedOctaves / 2);
        if (exponent < kOctaves)
            target.addOctave(i >= kSignedOctaves / 2, static_cast<int>(exponent), counts);
        std::fill(counts.begin(), counts.end(), 0u);
    }
    for (uint32_t& zeros : all.subspan(kKeys)) {
        target.m_zeros += zeros;
        zeros = 0;
    }
    // The bin of an infinity also holds NaNs of small payload: what is not infinite is NaN.
    target.m_positiveInfinities += table.positiveInfinities;
    target.m_negativeInfinities += table.negativeInfinities;
    target.m_nan +=
        table.pending - table.extent.finite - table.positiveInfinities - table.negativeInfinities;
    table.touched.fill(0);
    table.extent = {};
    table.pending = table.positiveInfinities = table.negativeInfinities = 0;
}

bool Counter::allFinite() const {
    return m_table->extent.finite == m_table->pending;
}

void Counter::addClamped(const Clamped& clamped) const {
    const Table& table = *m_table;
    if (table.pending == 0)
        return;
    Histogram& target = *clamped.target;
    target.addRange(clamped(table.extent.min), clamped(table.extent.max), table.extent.finite);
    const std::span all(table.counts);
    for (size_t i = 0; i < kSignedOctaves; ++i) {
        if (!table.touched[i])
            continue;
        const std::span counts = all.subspan(i * kOctaveBins, kOctaveBins);
        const auto first = static_cast<uint32_t>(i * kOctaveBins);
        // The first and the last float of a bin, which keeps its values where it keeps those. The
        // bins of the zeros hold none.
        const auto edges = [&](size_t from, size_t to) {
            const uint32_t low = (first + static_cast<uint32_t>(from)) << kFineShift;
            const uint32_t high = ((first + static_cast<uint32_t>(to)) << kFineShift) - 1;
            const uint32_t nearest = (low << 1) == 0 ? low | 1u : low;
            return std::pair(std::bit_cast<float>(nearest), std::bit_cast<float>(high));
        };
        const auto [least, largest] = edges(0, kOctaveBins);
        if (clamped(least) == least && clamped(largest) == largest) {
            target.addOctave(i >= kSignedOctaves / 2, static_cast<int>(i % (kSignedOctaves / 2)),
                             counts);
            continue;
        }
        for (size_t k = 0; k < kOctaveBins; ++k) {
            if (counts[k] == 0)
                continue;
            const uint32_t bits = std::bit_cast<uint32_t>(clamped(edges(k, k + 1).first));
            const bool stays = bits >> kFineShift == first + k && (bits << 1) != 0;
            target.addBits(stays ? (first + static_cast<uint32_t>(k)) << kFineShift | 1u : bits,
                           counts[k]);
        }
    }
    for (const uint32_t zeros : all.subspan(kKeys))
        target.addBits(std::bit_cast<uint32_t>(clamped(0.0f)), zeros);
}

bool ParallelCounter::count(std::span<const float> values, Histogram& target,
                            std::span<const Clamped> clamped, size_t unit, const Look& look) {
    if (values.size() > kDirect)
        return countAll(values, target, clamped, unit, look);
    if (look && !values.empty())
        look(0, values.size(), 0);
    target.add(values);
    if (clamped.empty())
        return true;
    if (extentOf(values).finite != values.size())
        return false;
    std::vector<float> changed(values.size());
    for (const Clamped& child : clamped) {
        std::transform(values.begin(), values.end(), changed.begin(), child);
        child.target->add(changed);
    }
    return true;
}

bool ParallelCounter::countAll(std::span<const float> values, Histogram& target,
                               std::span<const Clamped> clamped, size_t unit, const Look& look) {
    constexpr size_t kGrain = size_t{1} << 17;  // counting it takes far longer than flushing
    m_counters.resize(std::max(m_counters.size(), static_cast<size_t>(threadCount())));
    const size_t units = values.size() / unit;
    const size_t together = std::max<size_t>(1, 2 * kPiece / unit) * unit;
    std::vector<Histogram> parts(m_counters.size());  // empty, but after 2^32 values
    try {
        parallelFor(static_cast<int64_t>(units),
                    static_cast<int64_t>(std::max<size_t>(1, kGrain / unit)),
                    [&](int64_t first, int64_t last, int worker) {
                        const auto i = static_cast<size_t>(worker);
                        const size_t end = static_cast<size_t>(last) * unit;
                        for (size_t at = static_cast<size_t>(first) * unit; at < end;) {
                            const size_t next = std::min(end, at + together);
                            if (look)
                                look(at, next, worker);
                            m_counters[i].countPieces(values.subspan(at, next - at), parts[i]);
                            at = next;
                        }
                    });
        const bool finite =
            std::ranges::all_of(m_counters, &Counter::allFinite) &&
            std::ranges::all_of(parts, [](const Histogram& part) { return part.count() == 0; });
        for (size_t i = 0; i < parts.size(); ++i) {
            for (const Clamped& child : clamped)
                if (finite)
                    m_counters[i].addClamped(child);
            m_counters[i].flush(target);
            target.merge(parts[i]);
        }
        return finite;
    } catch (...) {
        m_counters.clear();  // what they counted belongs to no histogram any more
        throw;
    }
}

}  // namespace clipscope::histogram
