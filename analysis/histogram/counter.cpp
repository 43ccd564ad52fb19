// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/counter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "analysis/base/parallel.h"
#include "analysis/histogram/vectorise.h"

namespace clipscope::histogram {
namespace {

using Tables = std::vector<std::unique_ptr<CountTable>>;

constexpr size_t kDirect = 1024;            ///< up to here adding beats visiting octaves
constexpr size_t kGrain = size_t{1} << 14;  ///< values that are worth a thread
constexpr int kOctavesForAThread = 4;
constexpr size_t kTogether = 2 * CountTable::kPiece;  ///< counted, then looked at

CLIPSCOPE_VECTORISE
void addCounts(const uint32_t* __restrict counts, uint32_t* __restrict sum, size_t size) {
    for (size_t i = 0; i < size; ++i)
        sum[i] += counts[i];
}

CLIPSCOPE_VECTORISE
uint64_t sumOf(const uint32_t* counts, size_t size) {
    uint64_t sum = 0;
    for (size_t i = 0; i < size; ++i)
        sum += counts[i];
    return sum;
}

/// An octave of one sign and the counts of its bins, kFineBins or kCoarseBins of them.
struct CountedOctave {
    bool negative;
    int exponent;
    std::span<const uint32_t> counts;

    uint32_t shift() const { return counts.size() == kFineBins ? kFineShift : kCoarseShift; }
    uint32_t bitsOf(size_t bin) const {
        return (negative ? 0x80000000u : 0u) | static_cast<uint32_t>(exponent) << 23 |
               static_cast<uint32_t>(bin) << shift();
    }
    /// The values nearest to 0 and farthest from it in bins [from, to). Zeros are in no bin.
    std::pair<float, float> edges(size_t from, size_t to) const {
        const uint32_t near = bitsOf(from);
        const uint32_t far = bitsOf(to - 1) | ((1u << shift()) - 1);
        return {std::bit_cast<float>((near << 1) == 0 ? near | 1u : near),
                std::bit_cast<float>(far)};
    }
};

/// Values that became one of the bounds of a clamped histogram.
struct Bounded {
    uint64_t lo = 0;
    uint64_t hi = 0;
};

bool countFew(std::span<const float> values, Histogram& target, std::span<const Clamped> clamped) {
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

}  // namespace

/// Adds the octaves of all tables to the histograms, some of them on each thread.
class Counter::Flush {
public:
    Flush(const Tables& tables, Histogram& target, std::span<const Clamped> clamped)
        : m_tables(tables), m_target(target), m_clamped(clamped) {}

    /// Octaves [least, largest]; the histograms are prepared for their values.
    void visit(int least, int largest) {
        const int octaves = std::max(0, largest - least + 1);
        m_bounded.resize(static_cast<size_t>(octaves) * m_clamped.size());
        // The highest ones take most of the time: each thread takes every so manieth.
        const int stride = std::max(1, std::min(threadCount(), octaves / kOctavesForAThread));
        parallelFor(stride, 1, [&](int64_t begin, int64_t end, int) {
            for (int64_t start = begin; start < end; ++start)
                for (int i = static_cast<int>(start); i < octaves; i += stride)
                    for (const bool negative : {false, true})
                        visitOctave(negative, largest - i, static_cast<size_t>(i));
        });
    }

    Bounded boundedOf(size_t child) const {
        Bounded all;
        for (size_t i = child; i < m_bounded.size(); i += m_clamped.size()) {
            all.lo += m_bounded[i].lo;
            all.hi += m_bounded[i].hi;
        }
        return all;
    }

private:
    /// The bins that keep their values to `target`; what they lost is returned.
    static Bounded addClamped(const CountedOctave& octave, const Clamped& clamped,
                              std::array<uint32_t, kFineBins>& kept) {
        Bounded bounded;
        const auto [near, far] = octave.edges(0, octave.counts.size());
        if (clamped(near) == near && clamped(far) == far) {
            clamped.target->addOctave(octave.negative, octave.exponent, octave.counts);
            return bounded;
        }
        if (clamped(near) == clamped(far)) {
            (clamped(near) == clamped.lo ? bounded.lo : bounded.hi) =
                sumOf(octave.counts.data(), octave.counts.size());
            return bounded;
        }
        uint32_t any = 0;
        for (size_t i = 0; i < octave.counts.size(); ++i) {
            const auto [first, last] = octave.edges(i, i + 1);
            const bool stays = clamped(first) == first || clamped(last) == last;
            kept[i] = stays ? octave.counts[i] : 0;
            any |= kept[i];
            if (!stays)
                (clamped(first) == clamped.lo ? bounded.lo : bounded.hi) += octave.counts[i];
        }
        if (any != 0)
            clamped.target->addOctave(octave.negative, octave.exponent,
                                      std::span(kept).first(octave.counts.size()));
        return bounded;
    }

    void visitOctave(bool negative, int exponent, size_t index) {
        addOctave(negative, exponent, index);
        for (const auto& table : m_tables)
            table->clear(negative, exponent);
    }

    void addOctave(bool negative, int exponent, size_t index) {
        std::array<uint32_t, kFineBins> sum;
        std::array<uint32_t, kFineBins> kept;
        std::span<const uint32_t> counts;  // of the tables so far
        for (const auto& table : m_tables) {
            const std::span<const uint32_t> more = table->octave(negative, exponent);
            if (more.empty())
                continue;
            if (!counts.empty()) {
                if (counts.data() != sum.data())
                    std::ranges::copy(counts, sum.begin());
                addCounts(more.data(), sum.data(), more.size());
            }
            counts = counts.empty() ? more : std::span<const uint32_t>(sum).first(more.size());
        }
        if (counts.empty())
            return;
        const CountedOctave octave{negative, exponent, counts};
        m_target.addOctave(negative, exponent, octave.counts);
        for (size_t i = 0; i < m_clamped.size(); ++i) {
            const Bounded bounded = addClamped(octave, m_clamped[i], kept);
            m_bounded[index * m_clamped.size() + i].lo += bounded.lo;
            m_bounded[index * m_clamped.size() + i].hi += bounded.hi;
        }
    }

    const Tables& m_tables;
    Histogram& m_target;
    std::span<const Clamped> m_clamped;
    std::vector<Bounded> m_bounded;  ///< by octave and clamped histogram
};

bool Counter::count(std::span<const float> values, Histogram& target,
                    std::span<const Clamped> clamped, const CountManner& manner) {
    const auto guarded = [&] {
        return manner.guard ? std::unique_lock(*manner.guard) : std::unique_lock<std::mutex>();
    };
    if (values.size() <= kDirect) {
        if (manner.look && !values.empty())
            manner.look(0, values.size(), 0);
        const auto lock = guarded();
        return countFew(values, target, clamped);
    }
    const size_t unit = manner.unit;
    const bool atOnce = values.size() <= m_mostPending;
    const size_t most = std::max<size_t>(1, m_mostPending / unit) * unit;
    bool finite = true;
    for (size_t at = 0; at < values.size(); at += most) {
        const size_t count = std::min(most, values.size() - at);
        {
            const auto lock = guarded();
            beginTables(lowestFine(target, clamped));
        }
        try {
            countMany(values.subspan(at, count), unit, [&](size_t begin, size_t end, int worker) {
                if (manner.look)
                    manner.look(at + begin, at + end, worker);
            });
            finite = finite && std::ranges::all_of(
                                   m_tables, [](const auto& table) { return table->allFinite(); });
            const auto lock = guarded();
            flush(target, atOnce && finite ? clamped : std::span<const Clamped>());
        } catch (...) {
            m_tables.clear();  // what they counted belongs to no histogram any more
            throw;
        }
    }
    return finite && atOnce;
}

/// Only a histogram's top octave rises: what is coarse now stays coarse.
int Counter::lowestFine(const Histogram& target, std::span<const Clamped> clamped) {
    int lowest = target.lowestFine();
    for (const Clamped& child : clamped)
        lowest = std::min(lowest, child.target->lowestFine());
    return lowest;
}

void Counter::beginTables(int floor) {
    m_tables.resize(std::max(m_tables.size(), static_cast<size_t>(threadCount())));
    for (auto& table : m_tables) {
        if (!table)
            table = std::make_unique<CountTable>();
        table->begin(floor);
    }
}

void Counter::countMany(std::span<const float> values, size_t unit, const CountManner::Look& look) {
    const size_t together = std::max<size_t>(1, kTogether / unit) * unit;
    const auto units = static_cast<int64_t>(values.size() / unit);
    const auto grain = static_cast<int64_t>(std::max<size_t>(1, kGrain / unit));
    const bool isAlone = threadCount() == 1;
    parallelFor(units, grain, [&](int64_t first, int64_t last, int worker) {
        CountTable& table = *m_tables[static_cast<size_t>(worker)];
        const size_t end = static_cast<size_t>(last) * unit;
        for (size_t at = static_cast<size_t>(first) * unit; at < end;) {
            const size_t next = std::min(end, at + together);
            table.count(values.subspan(at, next - at));
            look(at, next, worker);  // sequential reading fetched them fastest
            at = next;
        }
        table.end(isAlone);
    });
}

void Counter::flush(Histogram& target, std::span<const Clamped> clamped) {
    Extent extent;
    uint64_t zeros = 0;
    int least = kOctaves;
    int largest = 0;
    for (const auto& table : m_tables) {
        if (table->counted() == 0)
            continue;
        extent.include(table->extent());
        least = std::min(least, table->leastOctave());
        largest = std::max(largest, table->largestOctave());
        zeros += table->zeros();
        target.m_positiveInfinities += table->positiveInfinities();
        target.m_negativeInfinities += table->negativeInfinities();
        // The bin of an infinity also holds NaNs of small payload: what is not infinite is NaN.
        target.m_nan += table->counted() - table->extent().finite - table->positiveInfinities() -
                        table->negativeInfinities();
    }
    target.addRange(extent.min, extent.max, extent.finite);
    target.prepare();
    target.m_zeros += zeros;
    for (const Clamped& child : clamped) {
        child.target->addRange(child(extent.min), child(extent.max), extent.finite);
        child.target->prepare();
    }
    Flush visits(m_tables, target, clamped);
    visits.visit(least, std::min(largest, kOctaves - 1));
    for (size_t i = 0; i < clamped.size(); ++i) {
        const Clamped& child = clamped[i];
        const Bounded bounded = visits.boundedOf(i);
        const auto add = [&](float value, uint64_t count) {
            if (count > 0)
                child.target->addBits(std::bit_cast<uint32_t>(value), count);
        };
        add(child(child.lo), bounded.lo);
        add(child.hi, bounded.hi);
        add(child(0.0f), zeros);
    }
}

}  // namespace clipscope::histogram
