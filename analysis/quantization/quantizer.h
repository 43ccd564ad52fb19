// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace clipscope::quantization {

/// The codes [min, max] of a grid; int8 unless said.
struct CodeRange {
    int min = -128;
    int max = 127;
    int count() const { return max - min + 1; }
    bool operator==(const CodeRange&) const = default;
};
inline constexpr CodeRange kInt8{-128, 127};
inline constexpr CodeRange kInt8Narrow{-127, 127};  ///< variant n127, used for weights

/// A uniform quantizer: q = clamp(rne(x / scale) + zeroPoint, codes), dequantized scale * (q -
/// zeroPoint). rne is round half to even; x / scale is a float32 division, which is what ONNX
/// QuantizeLinear does to the bit.
///
/// **free affine** has a shift instead of a zero point, folded into the next layer's bias:
/// q = clamp(rne((x - shift) / scale), codes), dequantized scale * q + shift. QuantizeLinear cannot
/// express it.
struct Quantizer {
    float scale = 1;
    int zeroPoint = 0;
    double shift = 0;  ///< 0 but for free affine
    CodeRange codes = kInt8;

    double lowest() const;   ///< value of the smallest code
    double highest() const;  ///< value of the largest code
    double step() const { return static_cast<double>(scale); }

    int code(float x) const;  ///< x must not be NaN; infinities clamp
    double dequantize(int code) const;
};

/// s = float32(T / 127) (T / largest code); T must be positive and finite.
Quantizer symmetricQuantizer(double threshold, CodeRange codes = kInt8);

/// lo <= 0 <= hi is enforced by extending; s = float32((hi - lo) / 255), z = clamp(rne(qmin -
/// lo/s)). A range of zero width gives scale 1.
Quantizer affineQuantizer(double lo, double hi, CodeRange codes = kInt8);

/// lo and hi anywhere: s = float32((hi - lo) / 255), shift = lo - s * qmin.
Quantizer freeAffineQuantizer(double lo, double hi, CodeRange codes = kInt8);

}  // namespace clipscope::quantization
