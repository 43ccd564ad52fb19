// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/quantization/density.h"
#include "analysis/quantization/error.h"
#include "analysis/quantization/quantizer.h"

namespace clipscope::quantization {

/// The best range of one kind and what it costs.
struct BestRange {
    double lo = 0;
    double hi = 0;
    Quantizer quantizer;
    QuantizationError error;
};

/// The three rows that a distribution is judged by. Each minimises the total mean squared error.
struct RangeComparison {
    BestRange symmetric;   ///< best +-T
    BestRange affine;      ///< best [lo, hi] with lo <= 0 <= hi
    BestRange freeAffine;  ///< best [lo, hi] anywhere; not expressible in QuantizeLinear

    /// SQNR at the best affine range minus SQNR at the best symmetric threshold, dB.
    double affineGainDb() const;
};

inline constexpr int kSymmetricBins = 2048;

/// The best symmetric threshold: T over (i + 0.5) amax / bins and amax, then refined.
BestRange bestSymmetric(const Density& density, int bins = kSymmetricBins, CodeRange codes = kInt8);

/// True two-dimensional searches, coarse to fine.
BestRange bestAffine(const Density& density, CodeRange codes = kInt8);
BestRange bestFreeAffine(const Density& density, CodeRange codes = kInt8);

/// RangeComparison::affineGainDb alone, without the search for the free affine range.
double affineGainDb(const Density& density, CodeRange codes = kInt8);

RangeComparison compareRanges(const Density& density, CodeRange codes = kInt8);

}  // namespace clipscope::quantization
