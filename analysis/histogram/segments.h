// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/histogram/histogram.h"

namespace clipscope::histogram {

/// Values spread evenly over [lo, hi]; all of them equal where lo == hi.
struct Segment {
    double lo = 0;
    double hi = 0;
    uint64_t count = 0;
};

/// The finite values of a histogram in ascending order: its bins, of which the one that holds max
/// ends at max and the one that holds min ends at min, and the zeros as a point. Everything that
/// needs a distribution (equal bins, errors) starts here.
std::vector<Segment> segmentsOf(const Histogram& histogram);

}  // namespace clipscope::histogram
