// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/range_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/formats/scale_text.h"
#include "analysis/formats/text.h"

namespace clipscope::session {
namespace {

using histogram::TensorStatistics;

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

/// A T this many times above or below amax is not what a calibration chooses.
constexpr double kFarAbove = 4;
constexpr double kFarBelow = 1.0 / 4096;

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorCode::Usage, message);
}

[[noreturn]] void refuseText(RangeField field, std::string_view text) {
    if (text.empty())
        refuse("Nothing is typed. " + expectedText(field));
    refuse(
        fmt::format("\"{}\" is not understood. {}", formats::shown(text, 24), expectedText(field)));
}

/// Eight digits, with or without "0x".
std::optional<float> hexScale(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X"))
        text.remove_prefix(2);
    if (text.size() != 8 || text.find_first_not_of(kHexDigits) != std::string_view::npos)
        return {};
    return formats::scaleOfHex(text);
}

/// amax, min or max, of the finite values seen.
std::optional<double> extreme(std::string_view word, const TensorStatistics& statistics) {
    const histogram::Histogram& histogram = statistics.histogram;
    if (word == "amax")
        return histogram.amax();
    if (word == "min")
        return histogram.min();
    if (word == "max")
        return histogram.max();
    return {};
}

/// "amax", "0.8*amax", "amax*0.8", "amax/2".
std::optional<double> product(std::string_view text, const TensorStatistics& statistics,
                              const NumberReader& number) {
    const size_t sign = text.find_first_of("*/");
    if (sign == std::string_view::npos)
        return extreme(text, statistics);
    std::string_view word = formats::trimmed(text.substr(0, sign));
    std::string_view factor = formats::trimmed(text.substr(sign + 1));
    const bool isQuotient = text[sign] == '/';
    if (!isQuotient && !extreme(word, statistics))
        std::swap(word, factor);
    const auto value = extreme(word, statistics);
    const auto times = number(factor);
    if (!value || !times)
        return {};
    return isQuotient ? *value / *times : *value * *times;
}

/// What "p99.9" gives for a field.
std::optional<double> percentile(RangeField field, std::string_view text,
                                 const TensorStatistics& statistics, const NumberReader& number) {
    if (!text.starts_with('p') && !text.starts_with('P'))
        return {};
    text = formats::trimmed(text.substr(1));
    if (text.ends_with('%'))
        text = formats::trimmed(text.substr(0, text.size() - 1));
    const auto percent = number(text);
    if (!percent)
        return {};
    if (!(*percent > 0 && *percent <= 100))
        refuse("A percentile is above 0 and at most 100, such as p99.9.");
    const auto result =
        threshold::compute(threshold::findMethod("percentile"), threshold::Distribution(statistics),
                           {{"p", formats::shortestText(*percent)}});
    return field == RangeField::Low    ? std::min(result.lo, 0.0)
           : field == RangeField::High ? std::max(result.hi, 0.0)
                                       : result.threshold;
}

void checkScale(float scale) {
    if (!(scale > 0) || !std::isfinite(scale))
        refuse(fmt::format("A scale must be above 0 and finite; this is {}.",
                           formats::shortestText(scale)));
    if (!std::isnormal(scale) || !std::isfinite(127.0f * scale))
        refuse(
            fmt::format("A scale must be a normal float32 with a finite T = 127 s, from 1.18e-38 "
                        "to 2.67e+36; this is {}.",
                        formats::shortestText(scale)));
}

Setting withScale(float scale, const Setting& current) {
    checkScale(scale);
    if (!current.isAffine)
        return scaleSetting(scale, "manual");
    Setting setting = scaleSetting(scale, "manual");
    setting.isAffine = true;
    setting.zeroPoint = current.zeroPoint;
    setting.lo = setting.quantizer().lowest();
    setting.hi = setting.quantizer().highest();
    return setting;
}

Setting withThreshold(double threshold) {
    if (!(threshold > 0) || !std::isfinite(threshold))
        refuse(fmt::format("T must be above 0 and finite; this is {:g}.", threshold));
    checkScale(static_cast<float>(threshold / 127));
    return symmetricSetting(threshold, "manual");
}

Setting withEnd(RangeField field, double value, const Setting& current) {
    const bool isLow = field == RangeField::Low;
    if (!std::isfinite(value))
        refuse("The ends of a range must be finite.");
    if (isLow && value > 0)
        refuse(fmt::format("lo must not be above 0, since an affine range holds 0; this is {:g}.",
                           value));
    if (!isLow && value < 0)
        refuse(fmt::format("hi must not be below 0, since an affine range holds 0; this is {:g}.",
                           value));
    const double lo = isLow ? value : std::min(current.lo, 0.0);
    const double hi = isLow ? std::max(current.hi, 0.0) : value;
    if (!(lo < hi))
        refuse("lo and hi would both be 0; move the other end away from 0 first.");
    return affineSetting(lo, hi, "manual");
}

}  // namespace

std::optional<double> readPlainNumber(std::string_view text) {
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || !std::isfinite(value))
        return {};
    return value;
}

std::string expectedText(RangeField field) {
    switch (field) {
        case RangeField::Threshold:
            return "Possible are a number above 0, p99.9 (percentile of |x|), amax, 0.8*amax, or "
                   "the eight hex digits of a scale.";
        case RangeField::Low:
            return "Possible are a number up to 0, p99.9 (percentile), min, 0.8*min.";
        case RangeField::High:
            return "Possible are a number from 0, p99.9 (percentile), max, 0.8*max.";
        case RangeField::Scale:
            return "Possible are a number above 0 or eight hex digits; percentiles and amax go "
                   "into the threshold.";
        case RangeField::Hex:
            break;
    }
    return "Possible are exactly eight hex digits of a big-endian float32, such as 3d418306.";
}

Setting settingFromText(RangeField field, std::string_view text, const Setting& current,
                        const TensorStatistics& statistics, const NumberReader& number) {
    text = formats::trimmed(text);
    const std::optional<float> hex = hexScale(text);
    if (field == RangeField::Hex) {
        if (!hex)
            refuseText(field, text);
        return withScale(*hex, current);
    }
    const bool takesScale = field == RangeField::Threshold || field == RangeField::Scale;
    std::optional<double> value = number(text);
    if (!value && hex && takesScale)
        return withScale(*hex, field == RangeField::Scale ? current : Setting{});
    if (!value && field != RangeField::Scale) {
        value = percentile(field, text, statistics, number);
        if (!value)
            value = product(text, statistics, number);
    }
    if (!value)
        refuseText(field, text);
    if (field == RangeField::Scale)
        return withScale(static_cast<float>(*value), current);
    return field == RangeField::Threshold ? withThreshold(*value) : withEnd(field, *value, current);
}

std::optional<std::string> swappedHex(std::string_view hex, float amax) {
    const std::optional<float> given = hexScale(formats::trimmed(hex));
    if (!given || !(amax > 0))
        return {};
    const auto isPlausible = [amax](float scale) {
        const double threshold = 127.0 * static_cast<double>(scale);
        return threshold <= kFarAbove * static_cast<double>(amax) &&
               threshold >= kFarBelow * static_cast<double>(amax);
    };
    const std::string digits = formats::hexOfScale(*given);
    std::string swapped;
    for (const size_t byte : {6, 4, 2, 0})
        swapped += digits.substr(byte, 2);
    if (isPlausible(*given) || !isPlausible(formats::scaleOfHex(swapped)))
        return {};
    return swapped;
}

}  // namespace clipscope::session
