// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/counter.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "analysis/base/parallel.h"
#include "analysis/histogram/vectorise.h"

namespace clipscope::histogram {
namespace {

constexpr size_t kDirect = 256;      ///< up to here adding beats visiting octaves
constexpr int64_t kGrain = 1 << 14;  ///< values that are worth a thread
constexpr int kOctavesForAThread = 4;
constexpr size_t kShare = size_t{1} << 16;            ///< values that a thread takes at once, about
constexpr size_t kTogether = 2 * CountTable::kPiece;  ///< counted, then looked at

CLIPSCOPE_VECTORISE
void addCounts(const uint32_t* __restrict counts, uint32_t* __restrict sum, size_t size) {
    for (size_t i = 0; i < size; ++i)
        sum[i] += counts[i];
}

}  // namespace

bool Counter::count(std::span<const float> values, Histogram& target, const CountManner& manner) {
    const auto guarded = [&] {
        return manner.guard ? std::unique_lock(*manner.guard) : std::unique_lock<std::mutex>();
    };
    if (values.size() <= kDirect) {
        bool finite = true;
        {
            const auto lock = guarded();
            const uint64_t before = target.finiteCount();
            target.add(values);
            finite = target.finiteCount() - before == values.size();
        }
        if (manner.look && !values.empty())
            manner.look(0, values.size(), 0, finite);
        return finite;
    }
    const size_t unit = manner.unit;
    const size_t most = std::max<size_t>(1, m_mostPending / unit) * unit;
    bool finite = true;
    for (size_t at = 0; at < values.size(); at += most) {
        const size_t count = std::min(most, values.size() - at);
        {
            const auto lock = guarded();
            beginTables(target);  // whose lowest fine octave only rises: what is coarse stays so
        }
        try {
            countMany(values.subspan(at, count), unit,
                      [&](size_t begin, size_t end, int worker, bool allFinite) {
                          if (manner.look)
                              manner.look(at + begin, at + end, worker, allFinite);
                      });
            const auto lock = guarded();
            flush(target);
        } catch (...) {
            m_tables.clear();  // what they counted belongs to no histogram any more
            throw;
        }
        finite = finite && std::ranges::all_of(
                               m_tables, [](const auto& table) { return table->allFinite(); });
    }
    return finite;
}

void Counter::beginTables(const Histogram& target) {
    m_tables.resize(std::max(m_tables.size(), static_cast<size_t>(threadCount())));
    for (auto& table : m_tables) {
        if (!table)
            table = std::make_unique<CountTable>();
        table->begin(target, threadCount() == 1);
    }
}

void Counter::countMany(std::span<const float> values, size_t unit, const CountManner::Look& look) {
    const size_t together = std::max<size_t>(1, kTogether / unit) * unit;
    const int workers =
        static_cast<int>(std::clamp<int64_t>(std::ssize(values) / kGrain, 1, threadCount()));
    const bool isAlone = threadCount() == 1;
    // Who is done sooner takes more of it.
    const size_t most = values.size() / static_cast<size_t>(workers);
    const size_t share = workers == 1
                             ? values.size()
                             : (std::min(most, kShare) + together - 1) / together * together;
    const auto shares = static_cast<int64_t>((values.size() + share - 1) / share);
    std::atomic<int64_t> next{0};
    parallelFor(workers, 1, [&](int64_t, int64_t, int worker) {
        CountTable& table = *m_tables[static_cast<size_t>(worker)];
        // Backwards: what was written last is still in the caches, and stays there only as long as
        // nothing else is read.
        for (int64_t i = next++; i < shares; i = next++) {
            size_t end = values.size() - static_cast<size_t>(i) * share;
            const size_t begin = end - std::min(share, end);
            while (end > begin) {
                const size_t at = end - std::min(together, end - begin);
                const size_t before = at - std::min(together, at - begin);
                const bool allFinite =
                    table.count(values.subspan(at, end - at), values.subspan(before, at - before));
                look(at, end, worker, allFinite);
                end = at;
            }
        }
        if (!isAlone)
            table.end();
    });
}

void Counter::flush(Histogram& target) {
    Extent extent;
    int least = kOctaves;
    int largest = 0;
    for (const auto& table : m_tables) {
        if (table->counted() == 0)
            continue;
        extent.include(table->extent());
        least = std::min(least, table->leastOctave());
        largest = std::max(largest, table->largestOctave());
        target.m_positiveInfinities += table->positiveInfinities();
        target.m_negativeInfinities += table->negativeInfinities();
        // The bin of an infinity also holds NaNs of small payload: what is not infinite is NaN.
        target.m_nan += table->counted() - table->extent().finite - table->positiveInfinities() -
                        table->negativeInfinities();
    }
    target.addRange(extent.min, extent.max, extent.finite);
    if (threadCount() == 1) {
        m_tables.front()->pourInto(target);
    } else {
        target.prepare();
        const int octaves = std::max(0, std::min(largest, kOctaves - 1) - least + 1);
        // The highest ones take most of the time: each thread takes every so manieth.
        const int stride = std::max(1, std::min(threadCount(), octaves / kOctavesForAThread));
        parallelFor(stride, 1, [&](int64_t begin, int64_t end, int) {
            for (int64_t start = begin; start < end; ++start)
                for (int i = static_cast<int>(start); i < octaves; i += stride)
                    for (const bool negative : {false, true})
                        addOctave(negative, least + octaves - 1 - i, target);
        });
    }
    for (const auto& table : m_tables)
        target.m_zeros += table->zeros();
}

/// Of all tables.
void Counter::addOctave(bool negative, int exponent, Histogram& target) const {
    std::array<uint32_t, kFineBins> sum;
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
    if (!counts.empty())
        target.octave(negative, exponent).add(counts);
}

}  // namespace clipscope::histogram
