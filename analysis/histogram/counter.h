// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "analysis/histogram/count_table.h"
#include "analysis/histogram/histogram.h"

namespace clipscope::histogram {

/// How a tensor is counted.
struct CountManner {
    /// Sees values [begin, end) on a thread just after they were counted there; they may be changed
    /// then.
    using Look = std::function<void(size_t begin, size_t end, int worker, bool allFinite)>;

    size_t unit = 1;              ///< `look` gets whole multiples of so many values
    Look look;                    ///< may be empty; as many values as stay in the cache
    std::mutex* guard = nullptr;  ///< held while the histogram is used; may be null
};

/// Counts tensors on all threads of parallelFor (base/parallel.h): each has a table of its own,
/// which are added to the histogram, octave by octave, and cleared. Only octaves that values lie in
/// are visited, those that the histogram keeps coarse at a sixteenth of the cost. A few thousand
/// values are added to the histogram at once.
class Counter {
public:
    /// Adds what was counted after at most that many values (a parameter for tests).
    explicit Counter(uint64_t mostPending = kMostPending) : m_mostPending(mostPending) {}

    /// Returns whether all values are finite.
    bool count(std::span<const float> values, Histogram& target, const CountManner& manner = {});

    static constexpr uint64_t kMostPending = 0xffffffffu;  ///< what the tables hold together

private:
    void beginTables(const Histogram& target);
    void countMany(std::span<const float> values, size_t unit, const CountManner::Look& look);
    void flush(Histogram& target);
    void addOctave(bool negative, int exponent, Histogram& target) const;

    std::vector<std::unique_ptr<CountTable>> m_tables;  ///< one per worker, made on first use
    uint64_t m_mostPending;
};

}  // namespace clipscope::histogram
