// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/quantizer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/base/error.h"

namespace clipscope::quantization {
namespace {

/// The float32 that is stored; never 0, NaN or infinite.
float storedScale(double scale) {
    constexpr auto kLeast = static_cast<double>(std::numeric_limits<float>::denorm_min());
    constexpr auto kMost = static_cast<double>(std::numeric_limits<float>::max());
    return static_cast<float>(std::clamp(scale, kLeast, kMost));
}

void requireRange(bool good) {
    if (!good)
        throw Error(ErrorCode::Usage,
                    "a quantization range needs two finite numbers, the smaller one first");
}

double stepsOf(CodeRange codes) {
    return static_cast<double>(codes.count() - 1);
}

}  // namespace

double Quantizer::lowest() const {
    return dequantize(codes.min);
}

double Quantizer::highest() const {
    return dequantize(codes.max);
}

int Quantizer::code(float x) const {
    const double steps =
        shift == 0 ? static_cast<double>(std::rint(x / scale))
                   : std::rint((static_cast<double>(x) - shift) / static_cast<double>(scale));
    return static_cast<int>(std::clamp(steps + zeroPoint, static_cast<double>(codes.min),
                                       static_cast<double>(codes.max)));
}

double Quantizer::dequantize(int code) const {
    return static_cast<double>(scale) * (code - zeroPoint) + shift;
}

Quantizer symmetricQuantizer(double threshold, CodeRange codes) {
    if (!std::isfinite(threshold) || threshold <= 0)
        throw Error(ErrorCode::Usage, "a threshold must be a positive finite number");
    return {storedScale(threshold / codes.max), 0, 0, codes};
}

Quantizer affineQuantizer(double lo, double hi, CodeRange codes) {
    requireRange(std::isfinite(lo) && std::isfinite(hi));
    lo = std::min(lo, 0.0);
    hi = std::max(hi, 0.0);
    if (lo == hi)
        return {1, std::clamp(0, codes.min, codes.max), 0, codes};
    // The zero point comes from s before it is rounded, so that lo = -hi is a tie, as it should be.
    const double scale = (hi - lo) / stepsOf(codes);
    const double zero = std::clamp(std::rint(codes.min - lo / scale),
                                   static_cast<double>(codes.min), static_cast<double>(codes.max));
    return {storedScale(scale), static_cast<int>(zero), 0, codes};
}

Quantizer freeAffineQuantizer(double lo, double hi, CodeRange codes) {
    requireRange(std::isfinite(lo) && std::isfinite(hi) && lo <= hi);
    const float scale = lo == hi ? 1.0f : storedScale((hi - lo) / stepsOf(codes));
    return {scale, 0, lo - static_cast<double>(scale) * codes.min, codes};
}

}  // namespace clipscope::quantization
