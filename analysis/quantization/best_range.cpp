// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/best_range.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "analysis/quantization/affine_error.h"
#include "analysis/quantization/range_search.h"

namespace clipscope::quantization {
namespace {

BestRange judged(const Density& density, double lo, double hi, const Quantizer& quantizer) {
    return {lo, hi, quantizer, evaluate(density, quantizer)};
}

/// The point that half of the values lie below.
double medianOf(const Density& density) {
    double below = 0;
    for (const Density::Piece& piece : density.pieces()) {
        below += piece.count;
        if (below >= density.total() / 2)
            return (piece.lo + piece.hi) / 2;
    }
    return 0;
}

/// The zero point is whole, so the best range lies on one of 256 lines: along that of the range
/// found and its neighbours, the best scale.
Quantizer alongZeroPoints(const AffineError& error, const Quantizer& start) {
    Quantizer best = start;
    double least = error.at(start);
    for (const int zero : {start.zeroPoint - 1, start.zeroPoint, start.zeroPoint + 1}) {
        if (zero < start.codes.min || zero > start.codes.max)
            continue;
        Quantizer candidate = start;
        candidate.zeroPoint = zero;
        const auto cost = [&](double scale) {
            candidate.scale = static_cast<float>(scale);
            return error.at(candidate);
        };
        const Minimum found = goldenSection(cost, start.step() * 0.99, start.step() * 1.01);
        if (found.value < least) {
            least = found.value;
            candidate.scale = static_cast<float>(found.at);
            best = candidate;
        }
    }
    return best;
}

BestRange affineFrom(const Density& density, const AffineError& error, CodeRange codes,
                     const Ranges& starts) {
    const double lo = std::min(density.min(), 0.0);
    const double hi = std::max(density.max(), 0.0);
    if (lo == hi)
        return judged(density, 0, 0, affineQuantizer(0, 0, codes));
    const auto quantizerOf = [codes](double from, double to) {
        return affineQuantizer(from, to, codes);
    };
    const auto cost = [&](Range range) {
        if (range.lo > 0 || range.hi < 0 || range.lo == range.hi)
            return HUGE_VAL;
        return error.at(quantizerOf(range.lo, range.hi));
    };
    const Range found = searchRange(cost, {lo, hi}, 0, starts);
    const Quantizer best = alongZeroPoints(error, quantizerOf(found.lo, found.hi));
    return judged(density, best.lowest(), best.highest(), best);
}

BestRange freeAffineFrom(const Density& density, CodeRange codes, const Ranges& starts) {
    if (density.min() == density.max())
        return judged(density, density.min(), density.max(),
                      freeAffineQuantizer(density.min(), density.max(), codes));
    const auto quantizerOf = [codes](double from, double to) {
        return freeAffineQuantizer(from, to, codes);
    };
    const auto cost = [&](Range range) {
        if (range.lo >= range.hi)
            return HUGE_VAL;
        return evaluateFast(density, quantizerOf(range.lo, range.hi)).total();
    };
    const auto [lo, hi] =
        searchRange(cost, {density.min(), density.max()}, medianOf(density), starts);
    return judged(density, lo, hi, quantizerOf(lo, hi));
}

/// The mean of what clipping at +t and -t costs: no symmetric range up to t costs less, since the
/// two bounds of codes are within 128/127 of one another.
double leastUpTo(double t, const Density& density, CodeRange codes) {
    const double bound =
        t * std::max(1.0, -codes.min / static_cast<double>(codes.max)) * (1 + 1e-6);
    const auto beyond = [&](double at, const Density::Moments& from, const Density::Moments& to) {
        const double c = at - density.origin();
        const double count = to.count - from.count;
        return to.squares - from.squares - c * (2 * (to.sum - from.sum) - c * count);
    };
    const double squares = beyond(-bound, {}, density.centredBelow(-bound)) +
                           beyond(bound, density.centredBelow(bound), density.centredTotal());
    return squares * (1 - 1e-6) / density.total();
}

BestRange symmetricFrom(const Density& density, const AffineError& error, int bins,
                        CodeRange codes) {
    const double amax = density.amax();
    if (amax == 0)
        return judged(density, -1, 1, symmetricQuantizer(1, codes));
    const auto cost = [&](double t) { return error.at(t, codes); };
    const double width = amax / bins;
    Minimum best{amax, cost(amax)};
    for (int i = bins; i-- > 0;) {  // of equal ones the lowest, but none that equals amax
        const double t = (i + 0.5) * width;
        if (leastUpTo(t, density, codes) > best.value)
            break;
        const double value = cost(t);
        if (value < best.value || (value == best.value && best.at != amax))
            best = {t, value};
    }
    const Minimum refined =
        goldenSection(cost, std::max(best.at - width, width / 4), std::min(best.at + width, amax));
    if (refined.value < best.value)
        best = refined;
    return judged(density, -best.at, best.at, symmetricQuantizer(best.at, codes));
}

bool isWorse(const BestRange& a, const BestRange& b) {
    return a.error.totalMse() > b.error.totalMse();
}

/// All but the free affine range. Each kind contains the one before it: its best range is a start,
/// and taken where the search, whose sums cancel, has missed how little it costs.
RangeComparison bestOfQuantizeLinear(const Density& density, CodeRange codes) {
    const AffineError error(density);
    RangeComparison result;
    result.symmetric = symmetricFrom(density, error, kSymmetricBins, codes);
    const Quantizer& symmetric = result.symmetric.quantizer;
    result.affine = affineFrom(density, error, codes, {{symmetric.lowest(), symmetric.highest()}});
    if (isWorse(result.affine, result.symmetric))
        result.affine = result.symmetric;
    return result;
}

}  // namespace

double RangeComparison::affineGainDb() const {
    return affine.error.sqnrDb() - symmetric.error.sqnrDb();
}

BestRange bestSymmetric(const Density& density, int bins, CodeRange codes) {
    return symmetricFrom(density, AffineError(density), bins, codes);
}

BestRange bestAffine(const Density& density, CodeRange codes) {
    return affineFrom(density, AffineError(density), codes, {});
}

BestRange bestFreeAffine(const Density& density, CodeRange codes) {
    return freeAffineFrom(density, codes, {});
}

double affineGainDb(const Density& density, CodeRange codes) {
    return bestOfQuantizeLinear(density, codes).affineGainDb();
}

RangeComparison compareRanges(const Density& density, CodeRange codes) {
    RangeComparison result = bestOfQuantizeLinear(density, codes);
    const Quantizer& affine = result.affine.quantizer;
    const Range start{affine.lowest(), affine.highest()};
    result.freeAffine = freeAffineFrom(density, codes, {start});
    if (isWorse(result.freeAffine, result.affine))
        result.freeAffine =
            judged(density, start.lo, start.hi, freeAffineQuantizer(start.lo, start.hi, codes));
    return result;
}

}  // namespace clipscope::quantization
