// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/narrow.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace clipscope {
namespace {

/// A float of a sign, an exponent and a mantissa.
struct Format {
    int mantissaBits;
    int bias;
    int signBit;
    uint8_t largest;   ///< code of the largest finite value
    uint8_t overflow;  ///< what a value beyond it becomes when it does not saturate
    uint8_t nan;
    bool negativeZero;
};

Format formatOf(DType type) {
    switch (type) {
        case DType::Float8E4M3FN:
            return {3, 7, 0x80, 0x7e, 0x7f, 0x7f, true};
        case DType::Float8E4M3FNUZ:
            return {3, 8, 0x80, 0x7f, 0x80, 0x80, false};
        case DType::Float8E5M2:
            return {2, 15, 0x80, 0x7b, 0x7c, 0x7f, true};
        case DType::Float8E5M2FNUZ:
            return {2, 16, 0x80, 0x7f, 0x80, 0x80, false};
        default:  // Float4E2M1, which has neither infinity nor NaN
            return {1, 1, 0x08, 0x07, 0x07, 0x00, true};
    }
}

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

float fromFloatCode(const Format& format, uint8_t code) {
    const uint8_t magnitude = code & static_cast<uint8_t>(format.signBit - 1);
    const bool isInfinite = format.overflow != format.nan && magnitude == format.overflow;
    if (!format.negativeZero && code == format.nan)
        return kNaN;
    const int exponent = std::max(1, magnitude >> format.mantissaBits);
    const int implicit = (magnitude >> format.mantissaBits) > 0 ? 1 << format.mantissaBits : 0;
    const int mantissa = (magnitude & ((1 << format.mantissaBits) - 1)) + implicit;
    float value =
        std::ldexp(static_cast<float>(mantissa), exponent - format.bias - format.mantissaBits);
    if (magnitude > format.largest)
        value = isInfinite && format.largest != format.overflow
                    ? std::numeric_limits<float>::infinity()
                    : kNaN;
    return (code & format.signBit) != 0 ? -value : value;
}

uint8_t toFloatCode(const Format& format, float value, bool saturate) {
    if (std::isnan(value))
        return format.nan;
    const auto sign = static_cast<uint8_t>(std::signbit(value) ? format.signBit : 0);
    const double magnitude = std::abs(static_cast<double>(value));
    int code = 0x100;
    if (std::isfinite(value)) {
        const int exponent =
            magnitude == 0 ? 1 - format.bias : std::max(std::ilogb(magnitude), 1 - format.bias);
        // A mantissa that rounds up to the next power of two carries into the exponent's bits.
        const double steps = std::rint(std::ldexp(magnitude, format.mantissaBits - exponent));
        const int64_t joined =
            (static_cast<int64_t>(exponent + format.bias - 1) << format.mantissaBits) +
            static_cast<int64_t>(steps);
        code = static_cast<int>(std::min<int64_t>(joined, 0x100));
    }
    if (code > format.largest) {
        if (!saturate && format.overflow == 0x80)
            return format.nan;
        code = saturate ? format.largest : format.overflow;
    }
    return code == 0 && !format.negativeZero ? uint8_t{0} : static_cast<uint8_t>(code | sign);
}

/// 2^(code - 127); 255 is NaN.
uint8_t toPowerCode(float value, const NarrowRounding& rounding) {
    using Direction = NarrowRounding::Direction;
    if (std::isnan(value))
        return 0xff;
    if (std::isinf(value))
        return value > 0 && rounding.saturate ? 0xfe : 0xff;
    if (!(value > 0))
        return 0;
    int exponent = 0;
    const double fraction = 2 * std::frexp(static_cast<double>(value), &exponent);  // in [1, 2)
    if ((rounding.powers == Direction::Up && fraction > 1) ||
        (rounding.powers == Direction::Nearest && fraction >= 1.5))
        ++exponent;
    const int code = exponent - 1 + 127;
    if (code > 0xfe)
        return rounding.saturate ? 0xfe : 0xff;
    return static_cast<uint8_t>(std::max(0, code));
}

uint8_t toIntegerCode(DType type, float value) {
    constexpr float kBeyond = 0x1p31f;
    const auto whole =
        std::isnan(value) ? int64_t{0} : static_cast<int64_t>(std::clamp(value, -kBeyond, kBeyond));
    const auto bits = static_cast<int>(packedBits(type));
    const auto code = static_cast<int>(whole & ((1 << bits) - 1));
    const bool isSigned = type == DType::Int4 || type == DType::Int2;
    return static_cast<uint8_t>(isSigned && (code >> (bits - 1)) != 0 ? code - (1 << bits) : code);
}

}  // namespace

float fromNarrow(DType type, uint8_t element) {
    if (type == DType::Float8E8M0)
        return element == 0xff ? kNaN : std::ldexp(1.0f, element - 127);
    if (type == DType::Int4 || type == DType::Int2)
        return static_cast<float>(static_cast<int8_t>(element));
    if (isNarrowInteger(type))
        return static_cast<float>(element);
    return fromFloatCode(formatOf(type), element);
}

uint8_t toNarrow(DType type, float value, const NarrowRounding& rounding) {
    if (type == DType::Float8E8M0)
        return toPowerCode(value, rounding);
    if (isNarrowInteger(type))
        return toIntegerCode(type, value);
    return toFloatCode(formatOf(type), value, rounding.saturate);
}

Tensor fromNarrow(const Tensor& tensor) {
    std::array<float, 256> values;
    for (size_t code = 0; code < values.size(); ++code)
        values[code] = fromNarrow(tensor.type(), static_cast<uint8_t>(code));
    Tensor floats(DType::Float32, tensor.shape());
    const auto* from = reinterpret_cast<const uint8_t*>(tensor.bytes());
    for (float& value : floats.mutableValues<float>())
        value = values[*from++];
    return floats;
}

Tensor toNarrow(DType type, const Tensor& floats, const NarrowRounding& rounding) {
    Tensor tensor(type, floats.shape());
    auto* to = reinterpret_cast<uint8_t*>(tensor.mutableBytes());
    for (const float value : floats.values<float>())
        *to++ = toNarrow(type, value, rounding);
    return tensor;
}

}  // namespace clipscope
