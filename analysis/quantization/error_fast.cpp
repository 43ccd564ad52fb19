// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "analysis/quantization/error.h"

namespace clipscope::quantization {
namespace {

using Moments = Density::Moments;

/// The sum of (x - c)^2 of the values between two points.
double squaresAbout(double c, const Moments& from, const Moments& to) {
    const double count = to.count - from.count;
    const double sum = to.sum - from.sum;
    const double squares = to.squares - from.squares;
    return std::max(0.0, squares - c * (2 * sum - c * count));
}

}  // namespace

ErrorParts evaluateFast(const Density& density, const Quantizer& quantizer) {
    ErrorParts parts;
    if (density.isEmpty() || density.total() <= 0)
        return parts;
    const double origin = density.origin();
    const double step = quantizer.step();
    const double lowest = quantizer.lowest();
    const double highest = quantizer.highest();
    const Moments all = density.centredTotal();

    // Values < lowest clip, and values > highest; a value on a bound costs nothing in either part.
    Moments from{};
    if (density.min() < lowest) {
        from = density.centredBelow(lowest);
        parts.clipMse += squaresAbout(lowest - origin, {}, from);
    }
    Moments end = all;
    if (density.max() > highest) {
        end = density.centredBelow(highest);
        parts.clipMse += squaresAbout(highest - origin, end, all);
    }
    // Code k, counted from the lowest, takes the values around lowest + k step.
    const auto codeAt = [&](double x) {
        const double last = quantizer.codes.count() - 1;
        return static_cast<int>(std::clamp(std::rint((x - lowest) / step), 0.0, last));
    };
    const int first = codeAt(density.min());
    const int last = codeAt(density.max());
    for (int k = first; k <= last; ++k) {
        const double centre = lowest + k * step;
        const Moments to = k == last ? end : density.centredBelow(centre + step / 2);
        parts.roundMse += squaresAbout(centre - origin, from, to);
        from = to;
    }
    parts.clipMse /= density.total();
    parts.roundMse /= density.total();
    return parts;
}

}  // namespace clipscope::quantization
