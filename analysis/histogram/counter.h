// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "analysis/histogram/histogram.h"

namespace clipscope::histogram {

/// Least and largest finite value and what was not finite, of a run of values.
struct Extent {
    float min = 0;        ///< valid when finite > 0
    float max = 0;        ///< valid when finite > 0
    uint64_t finite = 0;  ///< values that are neither NaN nor infinite
    float amax() const;
    void include(const Extent& other);
};

/// One vectorised pass.
Extent extentOf(std::span<const float> values);

/// The histogram of min(max(x, lo), hi) beside that of x; lo <= hi, which may be infinite. It costs
/// a look at the bins instead of one at the values, and is exact: a bin keeps its values but those
/// that all become lo or hi.
struct Clamped {
    float lo = 0;
    float hi = 0;
    Histogram* target = nullptr;

    float operator()(float x) const {
        const float raised = x < lo ? lo : x;
        return raised > hi ? hi : raised;
    }
};

/// Counts large tensors: each thread owns one Counter, a dense table of 32-bit counts indexed by
/// key (4 MiB), which is added to the histogram of the tensor, and cleared, octave by octave. Only
/// the octaves that were touched are visited. Flushes by itself before a count can overflow, which
/// is after at most `mostPending` values (a parameter for tests). A few thousand values are added
/// to the histogram at once.
class Counter {
public:
    static constexpr uint64_t kMostPending = 0xffffffffu;

    explicit Counter(uint64_t mostPending = kMostPending);
    ~Counter();
    Counter(Counter&&) noexcept;
    Counter& operator=(Counter&&) noexcept;

    /// Counts `values` for `target`; call flush(target) before counting for another histogram.
    void count(std::span<const float> values, Histogram& target);
    void flush(Histogram& target);

private:
    friend class ParallelCounter;
    struct Table;
    void countPieces(std::span<const float> values, Histogram& target);
    bool allFinite() const;
    /// Adds what was counted, all of it finite, to the clamped histogram; before flush().
    void addClamped(const Clamped& clamped) const;

    std::unique_ptr<Table> m_table;
    uint64_t m_mostPending;
};

/// Counts tensors on all threads of parallelFor (base/parallel.h).
class ParallelCounter {
public:
    /// Sees values [begin, end) on a thread just before they are counted there.
    using Look = std::function<void(size_t begin, size_t end, int worker)>;

    /// Into `target`, and into those of `clamped` where all values are finite: returns whether they
    /// are. `look` gets whole multiples of `unit` values, as many as stay in the cache.
    bool count(std::span<const float> values, Histogram& target,
               std::span<const Clamped> clamped = {}, size_t unit = 1, const Look& look = {});

private:
    bool countAll(std::span<const float> values, Histogram& target,
                  std::span<const Clamped> clamped, size_t unit, const Look& look);

    std::vector<Counter> m_counters;  ///< one per worker, made on first use
};

}  // namespace clipscope::histogram
