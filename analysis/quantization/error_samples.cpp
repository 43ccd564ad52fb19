// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "analysis/quantization/error.h"

namespace clipscope::quantization {

QuantizationError evaluateSamples(std::span<const float> samples, const Quantizer& quantizer) {
    const double lowest = quantizer.lowest();
    const double highest = quantizer.highest();
    const double toleratedLow = lowest - std::abs(lowest) * 0x1p-22;
    const double toleratedHigh = highest + std::abs(highest) * 0x1p-22;
    QuantizationError error;
    double count = 0;
    int least = quantizer.codes.max;
    int largest = quantizer.codes.min;
    for (const float sample : samples) {
        if (!std::isfinite(sample))
            continue;
        const double x = static_cast<double>(sample);
        const double inside = std::clamp(x, lowest, highest);
        const int code = quantizer.code(sample);
        // A clipped value has the code of its bound; only what lies inside is rounded.
        const double rounding = inside == x ? x - quantizer.dequantize(code) : 0;
        error.clipMse += (x - inside) * (x - inside);
        error.roundMse += rounding * rounding;
        error.clippedLow += x < toleratedLow;
        error.clippedHigh += x > toleratedHigh;
        error.meanSquare += x * x;
        least = std::min(least, code);
        largest = std::max(largest, code);
        ++count;
    }
    if (count == 0)
        return {};
    error.clipMse /= count;
    error.roundMse /= count;
    error.meanSquare /= count;
    error.clipPercent = 100 * (error.clippedLow + error.clippedHigh) / count;
    error.codesUsed = largest - least + 1;
    error.bitsLost = std::log2(static_cast<double>(quantizer.codes.count()) / error.codesUsed);
    return error;
}

}  // namespace clipscope::quantization
