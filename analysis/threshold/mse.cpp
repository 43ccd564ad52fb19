// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <vector>

#include "analysis/quantization/affine_error.h"
#include "analysis/quantization/best_range.h"
#include "analysis/threshold/methods.h"
#include "analysis/threshold/parameters.h"

namespace clipscope::threshold {

namespace {

constexpr ParameterInfo kBins{"bins", "2048",
                              "candidates T = (i + 0.5) amax / bins before refinement", 2, 65536};
constexpr std::array kParameters{kBins};

constexpr size_t kBasins = 4;  ///< local minima that are refined
constexpr int kSubsteps = 32;  ///< of each of the two refinements

struct Minimum {
    double threshold = 0;
    double value = 0;
};

/// The best of evenly spaced T strictly inside (lo, hi), or `best` where none is better.
Minimum refine(const quantization::AffineError& error, double lo, double hi, Minimum best) {
    for (int step = 1; step < kSubsteps; ++step) {
        const double threshold = lo + (hi - lo) * step / kSubsteps;
        const double value = error.at(threshold);
        if (value < best.value)
            best = {threshold, value};
    }
    return best;
}

/// Indices of the deepest local minima, the deepest first; of equals the largest T.
std::vector<size_t> deepestMinima(const std::vector<double>& value) {
    std::vector<size_t> minima;
    for (size_t k = value.size(); k-- > 0;) {
        const bool fallsFrom = k == 0 || value[k] <= value[k - 1];
        const bool risesTo = k + 1 == value.size() || value[k] <= value[k + 1];
        if (fallsFrom && risesTo)
            minima.push_back(k);
    }
    std::stable_sort(minima.begin(), minima.end(),
                     [&](size_t a, size_t b) { return value[a] < value[b]; });
    minima.resize(std::min(minima.size(), kBasins));
    return minima;
}

}  // namespace

Result mse(const Distribution& distribution, const Parameters& parameters) {
    const int n = wholeParameter(parameters, kBins);
    const double step = static_cast<double>(distribution.amax()) / n;
    const quantization::AffineError error(distribution.density());

    Result result;
    Curve& curve = result.curve;
    curve.kind = "mse";
    for (int i = 0; i < n; ++i)
        curve.threshold.push_back((i + 0.5) * step);
    curve.threshold.push_back(distribution.amax());
    for (const double threshold : curve.threshold)
        curve.value.push_back(error.at(threshold));

    const std::vector<size_t> minima = deepestMinima(curve.value);
    curve.chosen = static_cast<int>(minima.front());
    Minimum best{curve.threshold[minima.front()], curve.value[minima.front()]};
    for (const size_t k : minima) {
        const Minimum start{curve.threshold[k], curve.value[k]};
        const Minimum near =
            refine(error, start.threshold - step / 2, start.threshold + step / 2, start);
        const double fine = step / kSubsteps;
        const Minimum refined = refine(error, near.threshold - fine, near.threshold + fine, near);
        if (refined.value < best.value)
            best = refined;
    }
    result.threshold = best.threshold;
    const quantization::BestRange affine = quantization::bestAffine(distribution.density());
    result.lo = affine.lo;
    result.hi = affine.hi;
    return result;
}

std::span<const ParameterInfo> mseParameters() {
    return kParameters;
}

}  // namespace clipscope::threshold
