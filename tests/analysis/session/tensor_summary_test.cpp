// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/tensor_summary.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "tests/analysis/session/sessions.h"

namespace clipscope::session {
namespace {

std::vector<float> normalValues(float shift) {
    std::mt19937 random(3);
    std::normal_distribution<float> normal(shift, 1);
    std::vector<float> values(20000);
    for (float& value : values)
        value = normal(random);
    return values;
}

TensorEntry entryOf(const std::vector<float>& values) {
    TensorEntry entry;
    entry.statistics.histogram.add(values);
    entry.original = symmetricSetting(2, "manual");
    return entry;
}

TEST(TensorSummary, MomentsAreThoseOfTheValues) {
    for (const float shift : {0.0f, 300.0f}) {
        const std::vector<float> values = normalValues(shift);
        double sum = 0;
        for (const float value : values)
            sum += static_cast<double>(value);
        const double mean = sum / static_cast<double>(values.size());
        double squares = 0;
        for (const float value : values)
            squares += std::pow(static_cast<double>(value) - mean, 2);
        const double deviation = std::sqrt(squares / static_cast<double>(values.size()));
        const TensorSummary summary = summarize(entryOf(values), "minmax", {});
        // Bins near 300 are 1/8 wide: what that adds to the variance is width^2 / 12.
        EXPECT_NEAR(summary.mean, mean, 2e-3);
        EXPECT_NEAR(summary.standardDeviation, deviation, 2e-3);
    }
}

TEST(TensorSummary, MethodsAreThoseOfTheTableWithTheirErrors) {
    const std::vector<float> values = normalValues(0);
    const TensorEntry entry = entryOf(values);
    const TensorSummary summary = summarize(entry, "percentile", {{"p", "99"}});
    ASSERT_EQ(summary.symmetric.size(), threshold::methods().size());
    for (const MethodChoice& choice : summary.symmetric) {
        const auto& method = threshold::findMethod(choice.method);
        const threshold::Parameters own = choice.method == "percentile"
                                              ? threshold::Parameters{{"p", "99"}}
                                              : threshold::Parameters{};
        EXPECT_EQ(choice.setting.hi, computeThreshold(entry, method, own).threshold);
        const auto exact = quantization::evaluateSamples(values, choice.setting.quantizer());
        EXPECT_NEAR(choice.error.sqnrDb(), exact.sqnrDb(), 0.01) << choice.method;
        EXPECT_EQ(choice.parameters.size(), method.parameters.size());
    }
    const auto percentile =
        std::ranges::find(summary.symmetric, "percentile", &MethodChoice::method);
    EXPECT_EQ(percentile->label, "percentile 99");
    EXPECT_EQ(percentile->parameters.at("p"), "99");
    const auto exact = quantization::evaluateSamples(values, entry.original.quantizer());
    EXPECT_NEAR(summary.original.sqnrDb(), exact.sqnrDb(), 0.01);
}

TEST(TensorSummary, AffineRangesHoldZeroAndTheBestBeatsTheOthers) {
    std::vector<float> values = normalValues(5);
    const TensorSummary summary = summarize(entryOf(values), "minmax", {});
    ASSERT_FALSE(summary.affine.empty());
    for (const MethodChoice& choice : summary.affine) {
        EXPECT_TRUE(choice.setting.isAffine);
        EXPECT_LE(choice.setting.lo, 0);
        EXPECT_GE(choice.setting.hi, 0);
        EXPECT_LE(choice.error.sqnrDb(), summary.ranges.affine.error.sqnrDb() + 0.01);
    }
    EXPECT_EQ(summary.affine.front().method, "minmax");
    EXPECT_EQ(summary.affine.front().setting.hi,
              static_cast<double>(*std::ranges::max_element(values)));
}

TEST(TensorSummary, TensorsWithoutADistributionHaveNone) {
    EXPECT_FALSE(summarize(entryOf({}), "minmax", {}).hasRange());
    EXPECT_FALSE(summarize(entryOf({0, 0, 0}), "minmax", {}).hasRange());
    EXPECT_TRUE(summarize(entryOf({-3, -3}), "minmax", {}).hasRange());
    CancellationToken cancel;
    cancel.cancel();
    EXPECT_THROW(summarize(entryOf({1, 2}), "minmax", {}, cancel), Cancelled);
}

TEST(BinWidthAt, IsThatOfTheHistogramsBins) {
    histogram::Histogram histogram;
    EXPECT_EQ(binWidthAt(histogram, 1), 0);
    histogram.add(50.0f, 1);
    EXPECT_EQ(binWidthAt(histogram, 40), 32.0 / 2048);
    EXPECT_EQ(binWidthAt(histogram, 15.62), 8.0 / 2048);
    EXPECT_EQ(binWidthAt(histogram, -15.62), 8.0 / 2048);
    EXPECT_EQ(binWidthAt(histogram, 1e6), 32.0 / 2048);  // beyond amax: its octave
    EXPECT_EQ(binWidthAt(histogram, 0.125),
              0.125 / 2048);  // eight octaves below: the last fine one
    EXPECT_EQ(binWidthAt(histogram, 0.0625), 0.0625 / 128);
}

TEST(StillGrowing, IsWhenTheLastSampleRaisedAmax) {
    histogram::TensorStatistics statistics;
    EXPECT_FALSE(isStillGrowing(statistics));
    statistics.sampleAmax = {{0, 2.0f}, {1, 3.0f}};
    EXPECT_TRUE(isStillGrowing(statistics));
    statistics.sampleAmax = {{0, 3.0f}, {1, 3.0f}};
    EXPECT_FALSE(isStillGrowing(statistics));
    statistics.sampleAmax = {{0, 3.0f}};
    EXPECT_FALSE(isStillGrowing(statistics));
}

TEST(SplitFrom, NamesTheMembersWithAnotherScale) {
    Session session = smallSession();
    computeThresholds(session, threshold::findMethod("minmax"), {}, true);
    EXPECT_TRUE(splitFrom(session, 0).empty());
    EXPECT_TRUE(splitFrom(session, 3).empty());
    applyEdit(session, 1, symmetricSetting(1, "manual"), false);
    EXPECT_EQ(splitFrom(session, 0), std::vector<size_t>{1});
    EXPECT_EQ(splitFrom(session, 1), (std::vector<size_t>{0, 2}));
}

}  // namespace
}  // namespace clipscope::session
