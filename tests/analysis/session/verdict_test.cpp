// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/verdict.h"

#include <cmath>

#include <gtest/gtest.h>

namespace clipscope::session {
namespace {

using quantization::QuantizationError;
using quantization::RangeComparison;

/// An error with that SQNR over a signal of mean square 1.
QuantizationError errorOf(double sqnrDb, double clipped = 0, double clipPercent = 0) {
    QuantizationError error;
    error.meanSquare = 1;
    error.roundMse = std::pow(10, -sqnrDb / 10);
    error.clippedHigh = clipped;
    error.clipPercent = clipPercent;
    return error;
}

histogram::Histogram histogramOf(std::initializer_list<float> values) {
    histogram::Histogram histogram;
    histogram.add(std::vector<float>(values));
    return histogram;
}

RangeComparison comparison(double symmetricDb, double affineDb, double bitsLost = 0,
                           int codesUsed = 256) {
    RangeComparison ranges;
    ranges.symmetric.error = errorOf(symmetricDb);
    ranges.symmetric.error.bitsLost = bitsLost;
    ranges.symmetric.error.codesUsed = codesUsed;
    ranges.affine.error = errorOf(affineDb);
    ranges.symmetric.hi = 16.88;
    ranges.affine.lo = -1.14;
    ranges.affine.hi = 15;
    return ranges;
}

TEST(Verdict, SaysWhatOneSidedDataLose) {
    EXPECT_EQ(verdict(histogramOf({0, 1, 6}), comparison(30, 35.9, 1)),
              "No value is negative, so a symmetric scale leaves half the codes unused: 1.0 bits "
              "lost; an affine range would gain 5.9 dB.");
    EXPECT_EQ(verdict(histogramOf({-2, 0}), comparison(30, 33, 0.99)),
              "No value is positive, so a symmetric scale leaves half the codes unused: 1.0 bits "
              "lost; an affine range would gain 3.0 dB.");
}

TEST(Verdict, SaysHowFarUnequalTailsReach) {
    EXPECT_EQ(verdict(histogramOf({-1.727f, 28.84f}), comparison(34.7, 38.5, 0.8, 145)),
              "The values reach from −1.727 to 28.84, so a symmetric scale uses 145 of 256 codes: "
              "0.8 bits lost; an affine range would gain 3.8 dB.");
    EXPECT_EQ(verdict(histogramOf({-20, 28}), comparison(34.7, 35.4)),
              "The values reach from −20.00 to 28.00, so a symmetric scale cannot fit both tails; "
              "an affine range would gain 0.7 dB.");
}

TEST(Verdict, SaysThatSymmetricServes) {
    EXPECT_EQ(verdict(histogramOf({-1, 1}), comparison(30, 30.4)),
              "A symmetric scale serves this tensor as well as an affine one.");
}

TEST(Verdict, NamesDegenerateTensors) {
    const RangeComparison none;
    EXPECT_EQ(verdict(histogramOf({}), none),
              "No finite value was seen: any threshold serves; 1 is written.");
    EXPECT_EQ(verdict(histogramOf({0, 0}), none),
              "Every value is 0: any threshold serves; 1 is written.");
    EXPECT_EQ(verdict(histogramOf({-2, -2}), none),
              "Every value is −2.000: the threshold holds just that.");
}

TEST(Verdict, ComparesAnEditWithTheOriginal) {
    // T = float32(127 s) shows with four digits as it was asked.
    const JudgedSetting original{symmetricSetting(12.82, "entropy"), errorOf(26.11, 750, 0.0093)};
    const JudgedSetting current{symmetricSetting(15.62, "manual"), errorOf(27.33, 300, 0.0037)};
    const std::string edit =
        "Moving T from 12.82 to 15.62 clips 2.5 times fewer values and gains 1.22 dB. The least "
        "error is at 16.88.";
    RangeComparison ranges = comparison(27.45, 27.6);
    EXPECT_EQ(editVerdict(original, current, ranges), edit);
    EXPECT_EQ(editVerdict(original, original, ranges), "");
    // Where symmetric serves well, the edit alone is worth reading.
    const auto histogram = histogramOf({-30, 30});
    EXPECT_EQ(verdict(histogram, ranges, original, current), edit);
    EXPECT_EQ(verdict(histogram, ranges, original, original),
              "A symmetric scale serves this tensor as well as an affine one.");
    EXPECT_EQ(verdict(histogramOf({0, 30}), comparison(27.45, 33.45, 1), original, current),
              "No value is negative, so a symmetric scale leaves half the codes unused: 1.0 bits "
              "lost; an affine range would gain 6.0 dB. " +
                  edit);
}

TEST(Verdict, WordsForEveryKindOfEdit) {
    const RangeComparison ranges = comparison(27.45, 27.6);
    const JudgedSetting original{symmetricSetting(12.82, "entropy"), errorOf(26, 100, 0.1)};
    const auto edit = [&](double threshold, const QuantizationError& error) {
        return editVerdict(original, {symmetricSetting(threshold, "manual"), error}, ranges);
    };
    EXPECT_EQ(
        edit(16.88, errorOf(27.45, 0)),
        "Moving T from 12.82 to 16.88 clips nothing any more and gains 1.45 dB. This is where "
        "the error is least.");
    EXPECT_EQ(edit(10, errorOf(24, 120)),
              "Moving T from 12.82 to 10.00 clips 20 % more values and loses 2.00 dB. The least "
              "error is at 16.88.");
    EXPECT_EQ(edit(2, errorOf(4, 5000)),
              "Moving T from 12.82 to 2.000 clips 50 times as many values and loses 22.00 dB. The "
              "least error is at 16.88.");
    EXPECT_EQ(edit(12.83, errorOf(26.001, 100)),
              "Moving T from 12.82 to 12.83 clips as many values at the same error. The least "
              "error is at 16.88.");
    const JudgedSetting tight{symmetricSetting(20, "minmax"), errorOf(26, 0)};
    EXPECT_EQ(editVerdict(tight, {symmetricSetting(16, "manual"), errorOf(27, 5, 0.012)}, ranges),
              "Moving T from 20.00 to 16.00 now clips 0.012 % of the values and gains 1.00 dB. The "
              "least error is at 16.88.");
    JudgedSetting kept = original;
    kept.setting.keepFloat = true;
    EXPECT_EQ(editVerdict(original, kept, ranges), "Kept in float: it leaves every export.");
}

TEST(Verdict, JudgesTheAffineRangeInUse) {
    const RangeComparison ranges = comparison(34.7, 38.8, 0.8, 145);
    const auto histogram = histogramOf({-1.727f, 28.84f});
    const JudgedSetting original{symmetricSetting(28.84, "minmax"), errorOf(28, 0)};
    const JudgedSetting current{affineSetting(-1.139, 13.6, "manual"), errorOf(38.5, 275, 0.002)};
    EXPECT_EQ(verdict(histogram, ranges, original, current),
              "The values reach from −1.727 to 28.84, so a symmetric scale uses 145 of 256 codes: "
              "0.8 bits lost; this affine range gains 3.8 dB against the best symmetric threshold. "
              "Changing ±28.84 to −1.139 … 13.60 now clips 0.002 % of the values and gains 10.50 "
              "dB. The least error is at −1.140 … 15.00.");
}

}  // namespace
}  // namespace clipscope::session
