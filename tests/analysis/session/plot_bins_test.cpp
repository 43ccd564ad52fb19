// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/plot_bins.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/histogram/histogram.h"

namespace clipscope::session {
namespace {

using quantization::Density;

std::vector<float> normalValues(size_t n) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal(0.25f, 1.0f);
    std::vector<float> values(n);
    for (float& x : values)
        x = normal(random);
    return values;
}

Density densityOf(const std::vector<float>& values) {
    histogram::Histogram histogram;
    histogram.add(values);
    return Density(histogram);
}

TEST(PlotBins, CountPointMassesByHand) {
    // amax 4, so nominal bins are 4 / 2048; 8 columns over [-4, 4] ask for bins of 1.
    const Density density(std::vector<Density::Piece>{
        {-2.5, -2.5, 3}, {-1, -1, 5}, {0, 0, 7}, {0.5, 0.5, 2}, {4, 4, 1}});
    const PlotBins bins = plotBins(density, -4, 4, 8);
    EXPECT_EQ(bins.width, 1.0);
    EXPECT_EQ(bins.first, -3);
    EXPECT_EQ(bins.counts, (std::vector<uint64_t>{3, 0, 5, 9, 0, 0, 0, 1}));
    EXPECT_EQ(bins.most, 9u);
    EXPECT_EQ(bins.indexOf(-2.5), 0);
    EXPECT_EQ(bins.indexOf(4), 7);
    EXPECT_EQ(bins.indexOf(-3.5), -1);
    EXPECT_EQ(bins.indexOf(5), -1);
}

TEST(PlotBins, EachColumnHasAtMostOneAndNoneIsLost) {
    const std::vector<float> values = normalValues(100000);
    const Density density = densityOf(values);
    for (const size_t columns : {100u, 300u, 571u, 1600u}) {
        const PlotBins bins = plotBins(density, -6, 6, columns);
        EXPECT_GE(bins.width, 12.0 / static_cast<double>(columns));
        EXPECT_LT(bins.width, 24.0 / static_cast<double>(columns));
        EXPECT_LE(bins.counts.size(), columns + 1);
        uint64_t total = 0;
        for (const uint64_t count : bins.counts)
            total += count;
        EXPECT_EQ(total, values.size());
        EXPECT_EQ(bins.most, *std::ranges::max_element(bins.counts));
    }
}

TEST(PlotBins, AreTheSamplesWhereTheHistogramIsFiner) {
    const std::vector<float> values = normalValues(50000);
    const Density density = densityOf(values);
    const PlotBins bins = plotBins(density, -1, 1, 64);
    std::vector<int64_t> counts(bins.counts.size());
    for (const float x : values) {
        const double i = std::floor(x / bins.width) - static_cast<double>(bins.first);
        if (i >= 0 && i < static_cast<double>(counts.size()))
            ++counts[static_cast<size_t>(i)];
    }
    // Only values in the fine bins cut by an edge can be counted on its other side.
    for (size_t i = 0; i < counts.size(); ++i)
        EXPECT_NEAR(static_cast<double>(bins.counts[i]), static_cast<double>(counts[i]), 12) << i;
}

TEST(PlotBins, EdgesStayWhenTheViewIsPanned) {
    const Density density = densityOf(normalValues(20000));
    const PlotBins here = plotBins(density, -0.5, 0.5, 200);
    const PlotBins there = plotBins(density, -0.4, 0.6, 200);
    ASSERT_EQ(here.width, there.width);
    for (const double x : {-0.35, 0.0, 0.123, 0.45}) {
        const int64_t a = here.indexOf(x);
        const int64_t b = there.indexOf(x);
        ASSERT_GE(a, 0);
        ASSERT_GE(b, 0);
        EXPECT_EQ(here.edge(size_t(a)), there.edge(size_t(b)));
        EXPECT_EQ(here.counts[size_t(a)], there.counts[size_t(b)]);
    }
}

TEST(PlotBins, AreNoNarrowerThanTheHistogramsOwn) {
    const Density density = densityOf(normalValues(20000));
    // Between 2 and 4 the histogram's bins are 2^-10 wide.
    EXPECT_GE(plotBins(density, 2.5, 2.51, 1000).width, std::exp2(-10));
    EXPECT_LT(plotBins(density, 2.5, 2.51, 1000).width, std::exp2(-9));
}

TEST(PlotBins, AreEmptyWhereThereIsNothing) {
    EXPECT_TRUE(plotBins(Density(), -1, 1, 100).counts.empty());
    EXPECT_TRUE(plotBins(densityOf({0.0f, 0.0f}), -1, 1, 100).counts.empty());
    EXPECT_TRUE(plotBins(densityOf({1.0f}), 2, 3, 100).counts.empty());
    EXPECT_TRUE(plotBins(densityOf({1.0f}), 3, 2, 100).counts.empty());
    EXPECT_EQ(plotBins(densityOf({1.0f}), 0, 2, 100).counts, std::vector<uint64_t>{1});
}

TEST(PlotReading, ReadsRangeCountShareAndCode) {
    const Density density(
        std::vector<Density::Piece>{{-2, -2, 10}, {0, 0, 60}, {1, 1, 20}, {4, 4, 10}});
    const PlotBins bins = plotBins(density, -4, 4, 8);
    const quantization::Quantizer quantizer{.scale = 0.03125f};
    PlotReading reading = readPlot(density, bins, 1.25, false, quantizer);
    EXPECT_EQ(reading.lo, 1.0);
    EXPECT_EQ(reading.hi, 2.0);
    EXPECT_EQ(reading.count, 20u);
    EXPECT_DOUBLE_EQ(reading.percent, 90);  // x <= 1.25: all but the ten at 4
    EXPECT_EQ(reading.code, 40);            // 1.25 * 32
    reading = readPlot(density, bins, -1.5, true, quantizer);
    EXPECT_EQ(reading.count, 10u);  // [-2, -1)
    EXPECT_DOUBLE_EQ(reading.at, 1.5);
    EXPECT_DOUBLE_EQ(reading.percent, 80);  // 60 zeros and the 20 at 1
    EXPECT_EQ(reading.code, -48);
    reading = readPlot(density, bins, 4, true, quantizer);
    EXPECT_DOUBLE_EQ(reading.percent, 100);
    EXPECT_EQ(reading.code, 127);
    EXPECT_EQ(readPlot(density, bins, 4.5, true, quantizer).count, 10u);
    EXPECT_EQ(readPlot(density, bins, 5.5, true, quantizer).count, 0u);
}

}  // namespace
}  // namespace clipscope::session
