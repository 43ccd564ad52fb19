// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
    struct Table;
    std::unique_ptr<Table> m_table;
    uint64_t m_mostPending;
};

/// Counts `values` on all threads of parallelFor (base/parallel.h) into `target`.
class ParallelCounter {
public:
    void count(std::span<const float> values, Histogram& target);

private:
    std::vector<Counter> m_counters;  ///< one per worker, made on first use
};

}  // namespace clipscope::histogram
