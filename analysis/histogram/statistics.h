// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "analysis/histogram/equal_bins.h"
#include "analysis/histogram/histogram.h"

namespace clipscope::histogram {

/// Everything kept about the values of one tensor over all samples. All of it is independent of
/// the order of samples.
struct TensorStatistics {
    Histogram histogram;

    /// amax of the sample with that global index; absent where the first axis is not the batch.
    struct SampleAmax {
        int64_t sample = 0;
        float amax = 0;
        bool operator==(const SampleAmax&) const = default;
    };
    std::vector<SampleAmax> sampleAmax;  ///< ascending by sample

    /// Finite extremes per channel; empty where there is no channel axis.
    struct Range {  ///< the wrong way round before any was seen
        float min = std::numeric_limits<float>::infinity();
        float max = -std::numeric_limits<float>::infinity();

        bool seen() const { return min <= max; }
        void include(const Range& other) {
            min = other.min < min ? other.min : min;
            max = other.max > max ? other.max : max;
        }
        bool operator==(const Range&) const = default;
    };
    std::vector<Range> channels;

    std::optional<EqualBins> exactAbs;  ///< after `--two-pass`

    /// The sample that set amax: the first (smallest index) whose amax equals the largest.
    std::optional<SampleAmax> amaxSample() const;

    /// Exact, commutative and associative. Throws Error(BadInput) when a sample occurs in both, or
    /// when both have channels but not as many. Exact bins stay only where both sides have them
    /// over the same range (all zeros fit any): bins over another amax cannot be added exactly.
    void merge(const TensorStatistics& other);
};

}  // namespace clipscope::histogram
