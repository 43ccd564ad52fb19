// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/verdict.h"

#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace clipscope::session {
namespace {

using quantization::QuantizationError;
using quantization::RangeComparison;

constexpr double kWorthTelling = 0.5;  ///< dB that an affine range must gain
constexpr double kSameError = 0.005;   ///< dB below which two errors read alike
constexpr double kSamePlace = 2e-3;    ///< relative distance of thresholds that read alike
constexpr double kTimesFrom = 1.5;     ///< ratios below are told in percent
constexpr double kLeastBitsTold = 0.05;

/// Four significant digits with a true minus sign.
std::string number(double value) {
    std::string digits = fmt::format("{:#.4g}", std::abs(value));
    if (digits.ends_with('.'))
        digits.pop_back();
    return (value < 0 ? "−" : "") + (value == 0 ? "0" : digits);
}

std::string rangeText(const Setting& setting) {
    return setting.isAffine ? fmt::format("{} … {}", number(setting.lo), number(setting.hi))
                            : number(static_cast<double>(setting.threshold()));
}

/// Nothing where the distribution has more than one value.
std::optional<std::string> degenerate(const histogram::Histogram& histogram) {
    if (histogram.finiteCount() == 0)
        return "No finite value was seen: any threshold serves; 1 is written.";
    if (histogram.amax() == 0)
        return "Every value is 0: any threshold serves; 1 is written.";
    if (histogram.min() == histogram.max())
        return fmt::format("Every value is {}: the threshold holds just that.",
                           number(static_cast<double>(histogram.max())));
    return {};
}

/// What keeps a symmetric scale from using its codes: a clause without its end.
std::string cause(const histogram::Histogram& histogram, const QuantizationError& symmetric) {
    const std::string lost = fmt::format("{:.1f} bits lost", symmetric.bitsLost);
    if (histogram.min() >= 0)
        return "No value is negative, so a symmetric scale leaves half the codes unused: " + lost;
    if (histogram.max() <= 0)
        return "No value is positive, so a symmetric scale leaves half the codes unused: " + lost;
    const auto reach = fmt::format("The values reach from {} to {}, so a symmetric scale",
                                   number(static_cast<double>(histogram.min())),
                                   number(static_cast<double>(histogram.max())));
    if (symmetric.bitsLost < kLeastBitsTold)
        return reach + " cannot fit both tails";
    return fmt::format("{} uses {} of 256 codes: {}", reach, symmetric.codesUsed, lost);
}

/// Whether an affine range is worth a sentence.
bool gains(const RangeComparison& ranges) {
    return ranges.affineGainDb() >= kWorthTelling;  // false for NaN
}

constexpr const char* kServes = "A symmetric scale serves this tensor as well as an affine one";

/// The same for a tensor that has an affine range already.
std::string affineVerdict(const histogram::Histogram& histogram, const RangeComparison& ranges,
                          const QuantizationError& current) {
    const std::string before = gains(ranges) ? cause(histogram, ranges.symmetric.error) + "; "
                                             : std::string(kServes) + "; ";
    const double gain = current.sqnrDb() - ranges.symmetric.error.sqnrDb();
    if (!std::isfinite(gain))
        return before.substr(0, before.size() - 2) + ".";
    if (std::abs(gain) < kSameError)
        return before + "this affine range costs what the best symmetric threshold does.";
    return fmt::format("{}this affine range {} {:.1f} dB against the best symmetric threshold.",
                       before, gain > 0 ? "gains" : "loses", std::abs(gain));
}

/// "clips 2.5 times fewer values".
std::string clippingClause(const QuantizationError& before, const QuantizationError& after) {
    const double was = before.clippedLow + before.clippedHigh;
    const double is = after.clippedLow + after.clippedHigh;
    if (is <= 0)
        return was > 0 ? "clips nothing any more" : "still clips nothing";
    if (was <= 0)
        return fmt::format("now clips {:.3g} % of the values", after.clipPercent);
    const double ratio = is > was ? is / was : was / is;
    const bool isMore = is > was;
    if (ratio < 1.005)
        return "clips as many values";
    if (ratio < kTimesFrom)
        return fmt::format("clips {:.0f} % {} values", 100 * std::abs(is - was) / was,
                           isMore ? "more" : "fewer");
    if (ratio > 1000)
        return fmt::format("clips over 1,000 times {} values", isMore ? "as many" : "fewer");
    return fmt::format("clips {:.{}f} times {} values", ratio, ratio < 10 ? 1 : 0,
                       isMore ? "as many" : "fewer");
}

std::string errorClause(const QuantizationError& before, const QuantizationError& after) {
    const double gain = after.sqnrDb() - before.sqnrDb();
    if (!std::isfinite(gain))
        return "";
    if (std::abs(gain) < kSameError)
        return " at the same error";
    return fmt::format(" and {} {:.2f} dB", gain > 0 ? "gains" : "loses", std::abs(gain));
}

bool isNear(double a, double b) {
    return std::abs(a - b) <= kSamePlace * std::max(std::abs(a), std::abs(b));
}

/// Where the error of a setting of this kind is least.
std::string leastSentence(const JudgedSetting& current, const RangeComparison& ranges) {
    const bool isAffine = current.setting.isAffine;
    const quantization::BestRange& best = isAffine ? ranges.affine : ranges.symmetric;
    const double gain = best.error.sqnrDb() - current.error.sqnrDb();
    const bool isThere =
        isNear(best.hi, current.setting.hi) && (!isAffine || isNear(best.lo, current.setting.lo));
    if (isThere || !(gain >= kSameError))
        return " This is where the error is least.";
    if (!isAffine)
        return fmt::format(" The least error is at {}.", number(best.hi));
    return fmt::format(" The least error is at {} … {}.", number(best.lo), number(best.hi));
}

}  // namespace

std::string verdict(const histogram::Histogram& histogram, const RangeComparison& ranges) {
    if (const auto text = degenerate(histogram))
        return *text;
    if (!gains(ranges))
        return std::string(kServes) + ".";
    const double gain = ranges.affineGainDb();
    const std::string clause = cause(histogram, ranges.symmetric.error);
    if (std::isinf(gain))
        return clause + "; an affine range would hold every value exactly.";
    return fmt::format("{}; an affine range would gain {:.1f} dB.", clause, gain);
}

std::string editVerdict(const JudgedSetting& original, const JudgedSetting& current,
                        const RangeComparison& ranges) {
    if (current.setting.keepFloat)
        return original.setting.keepFloat ? "" : "Kept in float: it leaves every export.";
    const Setting& was = original.setting;
    const Setting& is = current.setting;
    if (was.isAffine == is.isAffine && was.scale == is.scale && was.zeroPoint == is.zeroPoint)
        return "";
    const std::string move =
        was.isAffine == is.isAffine
            ? fmt::format("Moving {} from {} to {}", is.isAffine ? "the range" : "T",
                          rangeText(was), rangeText(is))
            : fmt::format("Changing {}{} to {}{}", was.isAffine ? "" : "±", rangeText(was),
                          is.isAffine ? "" : "±", rangeText(is));
    return fmt::format("{} {}{}.{}", move, clippingClause(original.error, current.error),
                       errorClause(original.error, current.error), leastSentence(current, ranges));
}

std::string verdict(const histogram::Histogram& histogram, const RangeComparison& ranges,
                    const JudgedSetting& original, const JudgedSetting& current) {
    if (const auto text = degenerate(histogram))
        return *text;
    const std::string edit = editVerdict(original, current, ranges);
    const bool judgesAffine = current.setting.isAffine && !current.setting.keepFloat;
    if (!edit.empty() && !gains(ranges) && !judgesAffine)
        return edit;
    const std::string range =
        judgesAffine ? affineVerdict(histogram, ranges, current.error) : verdict(histogram, ranges);
    return edit.empty() ? range : range + " " + edit;
}

}  // namespace clipscope::session
