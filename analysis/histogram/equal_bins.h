// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/histogram/histogram.h"

namespace clipscope::histogram {

/// n equal bins over [lo, hi]; bins are half-open, the last one is closed.
struct EqualBins {
    double lo = 0;
    double hi = 0;
    std::vector<uint64_t> counts;

    /// Edge i of n, float32(lo + i * (hi - lo) / n), as numpy.linspace(..., dtype=float32) gives.
    float edge(size_t i) const;
    uint64_t total() const;
    double width() const { return (hi - lo) / static_cast<double>(counts.size()); }
};

/// The bins of |x| over [0, amax], zeros in bin 0: cumulative counts interpolated linearly inside
/// the fine bins, rounded half to even, differenced. Counts stay whole and the total exact. The bin
/// that holds max ends at max, the one that holds min ends at min (each sign at its own extreme);
/// a bin of zero width is a point mass.
EqualBins resampleAbs(const Histogram& histogram, size_t n);

/// The signed bins over [lo, hi]; values outside are counted in the first and last bin.
EqualBins resampleSigned(const Histogram& histogram, size_t n, double lo, double hi);

/// `--two-pass`: adds the finite |x| of `values` to bins over [0, amax], equal to numpy.histogram
/// of float32 data: k = min(floor(double(|x|) n / amax), n - 1), then one step down where
/// |x| < edge(k), one up where |x| >= edge(k + 1) and k < n - 1.
void addExactAbs(std::span<const float> values, EqualBins& bins);

}  // namespace clipscope::histogram
