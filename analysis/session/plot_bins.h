// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/quantization/density.h"
#include "analysis/quantization/quantizer.h"

namespace clipscope::session {

/// Whole counts in equal bins for drawing: bin i is [edge(i), edge(i + 1)).
struct PlotBins {
    double width = 0;   ///< nominal width / 2^k, k of either sign; 0 when there is nothing to draw
    int64_t first = 0;  ///< edges are multiples of the width, the first is first * width
    std::vector<uint64_t> counts;
    uint64_t most = 0;  ///< largest count

    double edge(size_t i) const { return width * static_cast<double>(first + int64_t(i)); }
    /// Index of the bin that holds x; -1 outside.
    int64_t indexOf(double x) const;
};

/// The bins of a tensor are amax / 2048 wide, as the entropy methods count them.
inline constexpr int kNominalBins = 2048;
double nominalWidth(const quantization::Density& density);

/// What is to be drawn over [lo, hi] in `columns` columns of pixels: the narrowest bins that are at
/// least one column wide and no narrower than the histogram's own at the far end of the view. Edges
/// do not move when the view is panned. Counts are differences of rounded cumulative counts, so
/// their sum is exact. Empty where amax is 0 or the view has no width.
PlotBins plotBins(const quantization::Density& density, double lo, double hi, size_t columns);

/// What a cursor over the histogram reads.
struct PlotReading {
    double lo = 0;  ///< the drawn bin under the cursor
    double hi = 0;
    uint64_t count = 0;
    double at = 0;       ///< where the cumulative share is taken
    double percent = 0;  ///< share of values <= at, or of |x| <= |at|; 0..100
    int code = 0;        ///< that `at` is quantized to
};

/// `ofMagnitude`: the cumulative share is of |x|. Pass the signed density also for folded bins.
PlotReading readPlot(const quantization::Density& density, const PlotBins& bins, double x,
                     bool ofMagnitude, const quantization::Quantizer& quantizer);

}  // namespace clipscope::session
