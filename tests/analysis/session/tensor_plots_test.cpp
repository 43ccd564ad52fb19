// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/tensor_plots.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/quantization/error.h"
#include "analysis/session/divergence_view.h"

namespace clipscope::session {
namespace {

using quantization::Density;

std::vector<float> values() {
    std::mt19937 random(11);
    std::student_t_distribution<float> heavy(4.0f);
    std::vector<float> samples(60000);
    for (float& x : samples)
        x = heavy(random) + 0.5f;
    return samples;
}

histogram::TensorStatistics statisticsOf(const std::vector<float>& samples) {
    histogram::TensorStatistics statistics;
    statistics.histogram.add(samples);
    return statistics;
}

const MethodTick* tick(const TensorPlots& plots, const std::string& label) {
    const auto found = std::ranges::find(plots.ticks, label, &MethodTick::label);
    return found == plots.ticks.end() ? nullptr : &*found;
}

TEST(PlotCurve, InterpolatesBetweenItsPoints) {
    const PlotCurve curve{{1, 2, 4}, {10, 20, 0}, 2};
    EXPECT_EQ(curve.at(1), 10);
    EXPECT_EQ(curve.at(1.5), 15);
    EXPECT_EQ(curve.at(3.5), 5);
    EXPECT_EQ(curve.at(4), 0);
    EXPECT_TRUE(std::isnan(curve.at(0.5)));
    EXPECT_TRUE(std::isnan(curve.at(4.5)));
    EXPECT_TRUE(std::isnan(PlotCurve().at(0)));
    // Beside a point that is not finite there is no line: the nearer one holds.
    const PlotCurve gap{{1, 2, 3}, {10, std::numeric_limits<double>::infinity(), 30}, 0};
    EXPECT_EQ(gap.at(1.25), 10);
    EXPECT_TRUE(std::isinf(gap.at(1.75)));
    EXPECT_TRUE(std::isinf(gap.at(2.25)));
    EXPECT_EQ(gap.at(2.75), 30);
}

TEST(TensorPlots, HaveATickForEveryMethod) {
    const histogram::TensorStatistics statistics = statisticsOf(values());
    const TensorPlots plots = computeTensorPlots(statistics, "percentile", {{"p", "99.5"}});
    for (const threshold::Method& method : threshold::methods())
        EXPECT_TRUE(std::ranges::find(plots.ticks, method.id, &MethodTick::method) !=
                    plots.ticks.end())
            << method.id;
    ASSERT_TRUE(tick(plots, "minmax"));
    EXPECT_EQ(tick(plots, "minmax")->threshold, statistics.histogram.amax());
    EXPECT_EQ(tick(plots, "minmax")->lo, statistics.histogram.min());
    EXPECT_TRUE(tick(plots, "minmax")->hasRange);
    ASSERT_TRUE(tick(plots, "entropy"));
    EXPECT_FALSE(tick(plots, "entropy")->hasRange);
    // The session's own percentile has a tick besides the usual two.
    for (const char* label : {"p99.5", "p99.9", "p99.99"})
        ASSERT_TRUE(tick(plots, label)) << label;
    EXPECT_LT(tick(plots, "p99.5")->threshold, tick(plots, "p99.9")->threshold);
    EXPECT_EQ(plots.divergenceMethod, "entropy");
}

TEST(TensorPlots, DrawTheDivergenceThatTheSessionMinimises) {
    const histogram::TensorStatistics statistics = statisticsOf(values());
    const TensorPlots plots =
        computeTensorPlots(statistics, "entropy-gtc", {{"bins", "1024"}, {"stride", "8"}});
    EXPECT_EQ(plots.divergenceMethod, "entropy-gtc");
    EXPECT_EQ(plots.stride, 8);
    EXPECT_EQ(plots.firstBins, 128);
    ASSERT_EQ(plots.divergence.threshold.size(), (1024u - 128) / 8 + 1);
    const auto least = static_cast<size_t>(plots.divergence.least);
    EXPECT_EQ(plots.divergence.threshold[least], tick(plots, "entropy-gtc")->threshold);
    EXPECT_EQ(plots.divergence.value[least], *std::ranges::min_element(plots.divergence.value));
}

TEST(TensorPlots, ErrorsAreThoseOfTheSamples) {
    const std::vector<float> samples = values();
    const histogram::TensorStatistics statistics = statisticsOf(samples);
    const TensorPlots plots = computeTensorPlots(statistics, "entropy", {});
    double squares = 0;
    for (const float x : samples)
        squares += static_cast<double>(x) * x;
    const double meanSquare = squares / static_cast<double>(samples.size());
    ASSERT_EQ(plots.symmetric.threshold.size(), 2049u);
    for (const size_t i : {200u, 700u, 1500u}) {
        const auto expected = quantization::evaluateSamples(
            samples, quantization::symmetricQuantizer(plots.symmetric.threshold[i]));
        EXPECT_NEAR(plots.symmetric.total[i], 10 * std::log10(expected.totalMse() / meanSquare),
                    0.01);
        EXPECT_NEAR(plots.symmetric.round[i], 10 * std::log10(expected.roundMse / meanSquare),
                    0.01);
        EXPECT_NEAR(plots.symmetric.clip[i], 10 * std::log10(expected.clipMse / meanSquare), 0.01);
    }
    const auto least = static_cast<size_t>(plots.symmetric.leastHigh);
    EXPECT_EQ(plots.symmetric.total[least], *std::ranges::min_element(plots.symmetric.total));
    EXPECT_EQ(plots.symmetric.leastLow, -1);
}

TEST(TensorPlots, AffineErrorsMoveOneEndAtATime) {
    const std::vector<float> samples = values();
    const Density density(statisticsOf(samples).histogram);
    const ErrorPlot plot = affineErrorPlot(density, -3, 5, 64);
    double squares = 0;
    for (const float x : samples)
        squares += static_cast<double>(x) * x;
    const double meanSquare = squares / static_cast<double>(samples.size());
    for (const size_t i : {10u, 60u, 80u, 120u}) {
        const double at = plot.threshold[i];
        const auto expected =
            quantization::evaluateSamples(samples, at < 0 ? quantization::affineQuantizer(at, 5)
                                                          : quantization::affineQuantizer(-3, at));
        EXPECT_NEAR(plot.total[i], 10 * std::log10(expected.totalMse() / meanSquare), 0.02) << at;
    }
    ASSERT_GE(plot.leastLow, 0);
    ASSERT_GE(plot.leastHigh, 0);
    EXPECT_LT(plot.threshold[static_cast<size_t>(plot.leastLow)], 0);
    EXPECT_GT(plot.threshold[static_cast<size_t>(plot.leastHigh)], 0);
}

TEST(TensorPlots, FiguresOfASettingByHand) {
    // 90 values at 1 and 10 at 3: at T = 1 the ten clip by 2; +-1 and scale 1/127 leave no
    // rounding.
    const Density density(std::vector<Density::Piece>{{-3, -3, 4}, {1, 1, 90}, {3, 3, 6}});
    const PlotCurve divergence{{0.5, 1.5}, {0.2, 0.4}, 0};
    const SettingFigures figures = figuresOf(density, &divergence, symmetricSetting(1, "manual"));
    EXPECT_EQ(figures.error.clippedHigh, 6);
    EXPECT_EQ(figures.error.clippedLow, 4);
    EXPECT_DOUBLE_EQ(figures.clippedHighPercent, 6);
    EXPECT_DOUBLE_EQ(figures.clippedLowPercent, 4);
    const double meanSquare = (90 * 1.0 + 10 * 9.0) / 100;
    const double below = 3 - 128.0 / 127.0;
    const double clip = (6 * 4.0 + 4 * below * below) / 100;
    EXPECT_NEAR(figures.clipDb, 10 * std::log10(clip / meanSquare), 1e-5);
    EXPECT_NEAR(figures.totalDb, figures.clipDb, 1e-5);
    EXPECT_NEAR(figures.divergence, 0.3, 1e-12);
    EXPECT_NEAR(figures.highest, 1, 1e-6);
    EXPECT_NEAR(figures.lowest, -128.0 / 127.0, 1e-6);
    const SettingFigures affine = figuresOf(density, &divergence, affineSetting(-3, 3, "manual"));
    EXPECT_TRUE(std::isnan(affine.divergence));
    EXPECT_TRUE(std::isnan(figuresOf(density, nullptr, symmetricSetting(1, "m")).divergence));
}

TEST(TensorPlots, OfNothingAreEmpty) {
    for (const std::vector<float>& samples : {std::vector<float>{}, std::vector<float>{0, 0, 0}}) {
        const TensorPlots plots = computeTensorPlots(statisticsOf(samples), "entropy", {});
        EXPECT_TRUE(plots.divergence.threshold.empty());
        EXPECT_TRUE(plots.symmetric.threshold.empty());
        EXPECT_EQ(nearestCandidate(plots, 1), -1);
        const Density density(statisticsOf(samples).histogram);
        EXPECT_TRUE(std::isnan(figuresOf(density, nullptr, symmetricSetting(1, "m")).totalDb));
    }
}

TEST(TensorPlots, CanBeCancelled) {
    const CancellationToken cancel;
    cancel.cancel();
    EXPECT_THROW(computeTensorPlots(statisticsOf(values()), "entropy", {}, cancel), Cancelled);
}

TEST(DivergenceView, ShowsWhatTheCurveSays) {
    const std::vector<float> samples = values();
    const histogram::TensorStatistics statistics = statisticsOf(samples);
    const TensorPlots plots = computeTensorPlots(statistics, "entropy", {});
    const double amax = statistics.histogram.amax();
    const int candidate = nearestCandidate(plots, amax / 4 + amax / 2048 * 0.2);
    EXPECT_EQ(candidate, 512 - 128);
    const DivergenceView view = viewDivergence(statistics, plots, candidate, 5);
    EXPECT_EQ(view.bins, 512);
    EXPECT_EQ(view.levels, 128);
    EXPECT_NEAR(view.threshold, amax / 4, 1e-6 * amax);
    EXPECT_DOUBLE_EQ(view.binWidth, amax / 2048);
    EXPECT_NEAR(view.divergence, plots.divergence.value[static_cast<size_t>(candidate)], 1e-12);
    const auto beyond = std::ranges::count_if(
        samples, [&](float x) { return std::abs(static_cast<double>(x)) >= view.threshold; });
    EXPECT_NEAR(view.outliers, static_cast<double>(beyond), 3);
    // From the definition: what P ln(P / Q) sums to, and which of its terms are largest.
    double sum = 0;
    std::vector<double> terms;
    for (size_t k = 0; k < view.p.size(); ++k)
        if (view.p[k] > 0) {
            terms.push_back(view.p[k] * std::log(view.p[k] / view.q[k]));
            sum += terms.back();
        }
    EXPECT_NEAR(sum, view.divergence, 1e-12);
    std::ranges::sort(terms, std::greater<>(), [](double x) { return std::abs(x); });
    ASSERT_EQ(view.largest.size(), 5u);
    for (size_t k = 0; k < 5; ++k)
        EXPECT_NEAR(std::abs(view.largest[k].nats), std::abs(terms[k]), 1e-12);
}

TEST(DivergenceView, FindsTheNearestCandidate) {
    TensorPlots plots;
    plots.divergence.threshold = {1, 2, 4};
    EXPECT_EQ(nearestCandidate(plots, 0.2), 0);
    EXPECT_EQ(nearestCandidate(plots, 1.4), 0);
    EXPECT_EQ(nearestCandidate(plots, 1.6), 1);
    EXPECT_EQ(nearestCandidate(plots, 3.5), 2);
    EXPECT_EQ(nearestCandidate(plots, 9), 2);
}

}  // namespace
}  // namespace clipscope::session
