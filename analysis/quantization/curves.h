// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/quantization/density.h"
#include "analysis/quantization/error.h"

namespace clipscope::quantization {

/// Clipping and rounding error against the threshold; totals are their sums.
struct ErrorCurve {
    std::vector<double> threshold;  ///< ascending; for affine ranges lo (< 0) or hi (> 0)
    std::vector<ErrorParts> error;  ///< mean squared errors
    int least = -1;                 ///< index of the least total; -1 for an empty curve
};

/// Symmetric int8: T = (i + 0.5) amax / n for i in [0, n), and amax. Empty where amax is 0.
ErrorCurve symmetricErrorCurve(const Density& density, size_t n = 2048);

/// Affine int8 around [lo, hi], lo <= 0 <= hi: error(lo') with hi fixed for thresholds < 0,
/// error(hi') with lo fixed for thresholds > 0, n points on each side that has values (lo' from min
/// to 0, hi' from 0 to max).
ErrorCurve affineErrorCurve(const Density& density, double lo, double hi, size_t n = 1024);

}  // namespace clipscope::quantization
