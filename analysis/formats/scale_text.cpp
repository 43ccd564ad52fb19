// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/scale_text.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/formats/text.h"

namespace clipscope::formats {
namespace {

bool isHex(std::string_view text) {
    return !text.empty() &&
           text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

float floatOfBits(std::string_view digits) {
    uint32_t bits = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
    return std::bit_cast<float>(bits);
}

std::optional<float> readDecimal(std::string_view text) {
    if (text.starts_with('+'))
        text.remove_prefix(1);
    float value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end)
        return std::nullopt;
    return value;
}

template <typename T>
std::string shortest(T value) {
    if (std::isnan(value))
        return "nan";
    std::array<char, 64> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), result.ptr};
}

}  // namespace

std::string_view toString(ScaleDialect dialect) {
    switch (dialect) {
        case ScaleDialect::Hex8:
            return "hex";
        case ScaleDialect::ShortHex:
            return "short hex";
        case ScaleDialect::Prefixed:
            return "0x";
        case ScaleDialect::Decimal:
            return "decimal";
        case ScaleDialect::Empty:
            return "empty";
        case ScaleDialect::ZeroDigit:
            break;
    }
    return "zero digit";
}

std::optional<ScaleText> readScale(std::string_view text) {
    if (text.empty())
        return ScaleText{ScaleDialect::Empty, 0};
    if (text == "0")
        return ScaleText{ScaleDialect::ZeroDigit, 0};
    if (isHex(text)) {
        if (text.size() > 8)
            return std::nullopt;
        return ScaleText{text.size() == 8 ? ScaleDialect::Hex8 : ScaleDialect::ShortHex,
                         floatOfBits(text)};
    }
    if (text.starts_with("0x") || text.starts_with("0X")) {
        const std::string_view digits = text.substr(2);
        if (!isHex(digits) || digits.size() > 8)
            return std::nullopt;
        return ScaleText{ScaleDialect::Prefixed, floatOfBits(digits)};
    }
    const std::optional<float> value = readDecimal(text);
    if (!value)
        return std::nullopt;
    return ScaleText{ScaleDialect::Decimal, *value};
}

std::string writeScale(float scale, ScaleDialect dialect) {
    if (dialect == ScaleDialect::Prefixed)
        return "0x" + hexOfScale(scale);
    if (dialect != ScaleDialect::Decimal)
        return hexOfScale(scale);
    std::string text = shortestText(scale);
    if (isHex(text))  // "1" would be read back as hexadecimal
        text += ".0";
    return text;
}

std::string hexOfScale(float scale) {
    return fmt::format("{:08x}", std::bit_cast<uint32_t>(scale));
}

float scaleOfHex(std::string_view digits) {
    if (digits.size() != 8 || !isHex(digits))
        throw Error(ErrorCode::BadInput,
                    fmt::format("\"{}\" is not a scale in hexadecimal: give the eight digits of a "
                                "big-endian float32, such as 3c010a14",
                                shown(digits)));
    return floatOfBits(digits);
}

float thresholdOfScale(float scale) {
    return 127.0F * scale;
}

float scaleOfThreshold(float threshold) {
    return threshold / 127.0F;
}

std::string shortestText(float value) {
    return shortest(value);
}

std::string shortestText(double value) {
    return shortest(value);
}

}  // namespace clipscope::formats
