// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace clipscope::formats {

/// How a cache spells a scale. TensorRT writes Hex8 and, because it does not pad, ZeroDigit and
/// ShortHex; the others are seen in files that people or their tools wrote.
enum class ScaleDialect {
    Hex8,       ///< 3c010a14: the big-endian IEEE-754 float32; eight decimal digits are hex too
    ShortHex,   ///< leading zeros lost: 1 to 7 hexadecimal digits
    Prefixed,   ///< 0x3c010a14
    Decimal,    ///< 0.0078, 7.8e-03: needs a '.' or an exponent with a sign, else it is hex
    Empty,      ///< no value: zero
    ZeroDigit,  ///< 0
};

/// "hex", "short hex", "0x", "decimal", "empty" or "zero digit".
std::string_view toString(ScaleDialect dialect);

struct ScaleText {
    ScaleDialect dialect = ScaleDialect::Hex8;
    float scale = 0;  ///< may be zero, negative, infinite or NaN: as written
};

/// Reads a value without blanks around it, independently of the locale; nothing when it is none of
/// the dialects (nine digits, other characters, a decimal outside float32).
std::optional<ScaleText> readScale(std::string_view text);

/// The scale as the dialect spells it. The dialects that cannot hold every scale (ShortHex, Empty,
/// ZeroDigit) give eight digits; a decimal has the fewest digits that read back as the same float.
std::string writeScale(float scale, ScaleDialect dialect);

/// Eight lower-case digits of the big-endian float32: 6/127 is "3d418306".
std::string hexOfScale(float scale);

/// The float32 whose bits are given by exactly eight hexadecimal digits; Error(BadInput) otherwise.
float scaleOfHex(std::string_view digits);

/// float32(127 s): the |x| that maps to code 127. Infinite where that overflows.
float thresholdOfScale(float scale);

/// float32(T / 127).
float scaleOfThreshold(float threshold);

/// The fewest digits that read back as the same float32; "inf", "-inf" and "nan" for the others.
std::string shortestText(float value);
std::string shortestText(double value);

}  // namespace clipscope::formats
