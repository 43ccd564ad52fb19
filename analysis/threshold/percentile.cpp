// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "analysis/threshold/methods.h"
#include "analysis/threshold/parameters.h"

namespace clipscope::threshold {

namespace {

using quantization::Density;

constexpr ParameterInfo kPercent{
    "p", "99.99", "percent of |x| that are at most T; zeros count", 0, 100, false, true};
constexpr std::array kParameters{kPercent};

/// A share that falls between two values is recognised within the rounding of the division by 100.
constexpr double kRounding = 1e-12;

/// How many |x| < t.
double countBelow(const Density& density, double t) {
    const double atMostMinusT = density.below(std::nextafter(-t, t)).count;
    return density.below(t).count - atMostMinusT;
}

/// The largest T that has no more than `share` of the |x| below it: where the share falls between
/// two values it is the second one, as in peers, so that no more is clipped than was asked. 0 where
/// zeros alone are more than the share.
double magnitudeQuantile(const Density& density, double share) {
    const double wanted = share * density.total() * (1 + kRounding);
    const auto isWithin = [&](double t) { return countBelow(density, t) <= wanted; };
    double low = std::numeric_limits<float>::denorm_min() / 2.0;  // above 0, below any value
    double high = density.amax();
    if (!isWithin(low))
        return 0;
    if (isWithin(high))
        return high;
    for (double middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2)
        (isWithin(middle) ? low : high) = middle;
    return high;
}

/// The x with `share` of the values below it, interpolated inside its piece; between two pieces the
/// lower end of the second (`upper`) or the upper end of the first.
double quantile(const Density& density, double share, bool upper) {
    const double wanted = share * density.total();
    double below = 0;
    for (const Density::Piece& piece : density.pieces()) {
        const double upTo = below + piece.count;
        if (upper ? upTo > wanted * (1 + kRounding) : upTo >= wanted * (1 - kRounding)) {
            const double part = std::clamp((wanted - below) / piece.count, 0.0, 1.0);
            return piece.lo + part * (piece.hi - piece.lo);
        }
        below = upTo;
    }
    return density.max();
}

}  // namespace

Result percentile(const Distribution& distribution, const Parameters& parameters) {
    const double percent = realParameter(parameters, kPercent);
    Result result;
    if (percent == 100) {
        result.threshold = distribution.amax();
        result.lo = distribution.min();
        result.hi = distribution.max();
        return result;
    }
    const Density& density = distribution.density();
    result.threshold = magnitudeQuantile(density, percent / 100);
    if (result.threshold <= 0) {
        result.threshold = distribution.amax();
        result.reason = "percentile-degenerate";
    }
    const double tail = (100 - percent) / 200;
    result.lo = quantile(density, tail, false);
    result.hi = quantile(density, 1 - tail, true);
    if (result.lo == result.hi) {
        result.lo = distribution.min();
        result.hi = distribution.max();
    }
    return result;
}

std::span<const ParameterInfo> percentileParameters() {
    return kParameters;
}

}  // namespace clipscope::threshold
