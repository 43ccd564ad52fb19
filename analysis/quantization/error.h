// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "analysis/quantization/density.h"
#include "analysis/quantization/quantizer.h"

namespace clipscope::quantization {

/// What a quantizer costs on a distribution. With b = the representable bounds
/// [scale (qmin - z), scale (qmax - z)]: clipping error c = x - clamp(x, b), rounding error
/// r = clamp(x, b) - dequantized(q). A clipped value has r = 0, so clipMse + roundMse is the total.
struct QuantizationError {
    double clipMse = 0;      ///< mean c^2, squared units of x
    double roundMse = 0;     ///< mean r^2
    double clipPercent = 0;  ///< share of x beyond a bound by more than 2^-22 of it, 0..100
    double clippedLow = 0;   ///< how many values clip at the lower bound
    double clippedHigh = 0;
    double meanSquare = 0;  ///< mean x^2
    int codesUsed = 0;      ///< code(max) - code(min) + 1
    double bitsLost = 0;    ///< log2(codes / codesUsed)

    double totalMse() const { return clipMse + roundMse; }
    /// 10 log10(sum x^2 / sum e^2); +infinity without error, NaN without signal.
    double sqnrDb() const;
};

/// Clipping and rounding error integrated over each piece in closed form, O(1) a piece: with u in
/// steps, F(u) = k/12 + f^3/3, k = rint(u), f = u - k integrates the squared rounding error.
QuantizationError evaluate(const Density& density, const Quantizer& quantizer);

/// The definitions of the struct summed over samples: what the tests hold evaluate() against, and
/// what is exact where the samples are at hand. NaN and infinities are left out.
QuantizationError evaluateSamples(std::span<const float> samples, const Quantizer& quantizer);

/// The total mean squared error alone through prefix sums, O(levels log pieces): what searches and
/// whole curves use. Per code n, m1, m2 give m2 - 2 c m1 + c^2 n.
struct ErrorParts {
    double clipMse = 0;
    double roundMse = 0;
    double total() const { return clipMse + roundMse; }
};
ErrorParts evaluateFast(const Density& density, const Quantizer& quantizer);

}  // namespace clipscope::quantization
