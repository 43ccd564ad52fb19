// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/curves.h"

#include <algorithm>

namespace clipscope::quantization {
namespace {

void markLeast(ErrorCurve& curve) {
    const auto least = std::ranges::min_element(curve.error, {}, &ErrorParts::total);
    curve.least = least == curve.error.end() ? -1 : static_cast<int>(least - curve.error.begin());
}

}  // namespace

ErrorCurve symmetricErrorCurve(const Density& density, size_t n) {
    ErrorCurve curve;
    const double amax = density.amax();
    if (!(amax > 0))
        return curve;
    auto add = [&](double threshold) {
        curve.threshold.push_back(threshold);
        curve.error.push_back(evaluateFast(density, symmetricQuantizer(threshold)));
    };
    for (size_t i = 0; i < n; ++i)
        add((static_cast<double>(i) + 0.5) * amax / static_cast<double>(n));
    add(amax);
    markLeast(curve);
    return curve;
}

ErrorCurve affineErrorCurve(const Density& density, double lo, double hi, size_t n) {
    ErrorCurve curve;
    const double min = std::min(density.min(), 0.0);
    const double max = std::max(density.max(), 0.0);
    auto add = [&](double threshold, double from, double to) {
        curve.threshold.push_back(threshold);
        curve.error.push_back(evaluateFast(density, affineQuantizer(from, to)));
    };
    const auto points = static_cast<double>(n);
    for (size_t i = 0; i < n && min < 0; ++i) {
        const double point = min * (points - static_cast<double>(i)) / points;
        add(point, point, std::max(hi, 0.0));
    }
    for (size_t i = 1; i <= n && max > 0; ++i) {
        const double point = max * static_cast<double>(i) / points;
        add(point, std::min(lo, 0.0), point);
    }
    markLeast(curve);
    return curve;
}

}  // namespace clipscope::quantization
