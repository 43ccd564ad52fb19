// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/analysis/threshold/brute_force.h"
#include "tests/analysis/threshold/cases.h"

namespace clipscope::threshold {
namespace {

/// Percentages as printed and as millionths of all, so that ranks are found in integers.
struct Percent {
    const char* text;
    int64_t millionths;
};
constexpr int64_t kMillion = 1000000;
constexpr Percent kPercents[] = {{"50", 500000},    {"99", 990000},     {"99.9", 999000},
                                 {"99.99", 999900}, {"99.999", 999990}, {"99.9999", 999999},
                                 {"12.5", 125000}};

int64_t millionthsOf(const std::string& text) {
    for (const Percent& percent : kPercents)
        if (text == percent.text)
            return percent.millionths;
    throw std::out_of_range(text);
}

/// Where p/100 of the counts end exactly at a bin, the rounding of the peer's cumulative sum
/// decides between that bin and the next non-empty one; else the bin is certain.
TEST(Percentile, liesInTheBinThatThePeerFinds) {
    const auto peer = oracle::histogramJson("expected_pytorch_quantization.json");
    for (const std::string& name : oracle::histogramNames()) {
        if (name == "hist_empty")
            continue;
        const histogram::EqualBins bins = givenBins(name);
        for (const auto& [percent, leftEdge] : peer.at(name).at("percentile").items()) {
            SCOPED_TRACE(name + ", p = " + percent);
            const Result result = computeFor("percentile", given(name), {{"p", percent}});
            if (percent == "100") {  // depends on rounding there, is defined here
                EXPECT_EQ(result.threshold, oracleAmax(name));
                continue;
            }
            const uint64_t wanted = bins.total() * static_cast<uint64_t>(millionthsOf(percent));
            size_t bin = 0;
            uint64_t below = bins.counts[0];
            while (below * kMillion < wanted)
                below += bins.counts[++bin];
            const bool isBetween = below * kMillion == wanted;
            const auto left = leftEdge.get<float>();
            EXPECT_TRUE(isBetween || left == bins.edge(bin));
            // In the peer's bin, or where the share falls between two, at most one bin away.
            const double slack = std::ldexp(bins.hi, -23) + (isBetween ? bins.width() : 0.0);
            EXPECT_GE(result.threshold, left - slack);
            EXPECT_LE(result.threshold, left + bins.width() + slack);
        }
    }
}

/// The width of the bin of x: fine for the nine octaves under amax, coarse below.
double fineWidth(double x, double amax) {
    int octave = 0, top = 0;
    std::frexp(x, &octave);
    std::frexp(amax, &top);
    return std::ldexp(1.0, octave - 1 - (octave >= top - 8 ? 11 : 7));
}

TEST(Percentile, isTheRankedSampleWithinItsFineBin) {
    for (const std::string& name : oracle::sampleNames()) {
        if (name == "constant")
            continue;
        std::vector<float> values = oracle::samples(name);
        const auto statistics = statisticsOf(values);
        const Distribution distribution(statistics);
        std::vector<float> magnitudes = values;
        for (float& x : magnitudes)
            x = std::abs(x);
        std::sort(values.begin(), values.end());
        std::sort(magnitudes.begin(), magnitudes.end());
        const auto count = static_cast<int64_t>(values.size());
        const double amax = magnitudes.back();
        const auto at = [](const std::vector<float>& sorted, int64_t rank) {
            return static_cast<double>(sorted[static_cast<size_t>(rank)]);
        };
        for (const Percent& percent : kPercents) {
            SCOPED_TRACE(name + ", p = " + percent.text);
            const Result result = computeFor("percentile", distribution, {{"p", percent.text}});
            const double expected = at(magnitudes, percent.millionths * count / kMillion);
            if (expected == 0) {
                EXPECT_EQ(result.reason, "percentile-degenerate");
                EXPECT_EQ(result.threshold, amax);
                continue;
            }
            EXPECT_EQ(result.reason, "");
            EXPECT_NEAR(result.threshold, expected, fineWidth(expected, amax));
            const int64_t tail = (kMillion - percent.millionths) * count;  // of 2,000,000
            const double lo =
                at(values, std::max<int64_t>(0, (tail + 2 * kMillion - 1) / (2 * kMillion) - 1));
            const double hi = at(values, (2 * kMillion * count - tail) / (2 * kMillion));
            EXPECT_NEAR(result.lo, lo, fineWidth(lo, amax));
            EXPECT_NEAR(result.hi, hi, fineWidth(hi, amax));
        }
    }
}

TEST(Percentile, ofOneHundredIsAmaxExactly) {
    for (const std::string& name : oracle::sampleNames()) {
        const auto statistics = statisticsOf(oracle::samples(name));
        const Result result = computeFor("percentile", Distribution(statistics), {{"p", "100"}});
        EXPECT_EQ(result.threshold, oracleAmax(name)) << name;
        EXPECT_EQ(result.reason, "");
    }
}

TEST(Percentile, countsZeros) {
    // 60 zeros and 1..40: 90.5 % of the hundred values end inside the value 31.
    histogram::TensorStatistics statistics;
    statistics.histogram.add(0.0f, 60);
    for (int i = 1; i <= 40; ++i)
        statistics.histogram.add(static_cast<float>(i), 1);
    const Distribution distribution(statistics);
    EXPECT_NEAR(computeFor("percentile", distribution, {{"p", "90.5"}}).threshold, 31.0,
                std::ldexp(1.0, 4 - 11));
    const Result degenerate = computeFor("percentile", distribution, {{"p", "59.5"}});
    EXPECT_EQ(degenerate.reason, "percentile-degenerate");
    EXPECT_EQ(degenerate.threshold, 40.0);
}

TEST(Percentile, betweenTwoValuesClipsNoMoreThanAsked) {
    // 90 % of the hundred values end exactly between 30 and 31.
    histogram::TensorStatistics statistics;
    statistics.histogram.add(0.0f, 60);
    for (int i = 1; i <= 40; ++i)
        statistics.histogram.add(static_cast<float>(i), 1);
    const Result result = computeFor("percentile", Distribution(statistics), {{"p", "90"}});
    EXPECT_GE(result.threshold, 30.0);
    EXPECT_LE(result.threshold, 31.0 * (1 + 1e-9));
}

TEST(Percentile, interpolatesInsideABin) {
    // Ten counts in each of ten bins over [0, 10]: 84 % of the values lie below 8.4.
    const Distribution distribution(histogram::EqualBins{0, 10, std::vector<uint64_t>(10, 10)});
    EXPECT_NEAR(computeFor("percentile", distribution, {{"p", "84"}}).threshold, 8.4, 1e-6);
    EXPECT_NEAR(computeFor("percentile", distribution, {{"p", "80"}}).threshold, 8.0, 1e-6);
}

}  // namespace
}  // namespace clipscope::threshold
