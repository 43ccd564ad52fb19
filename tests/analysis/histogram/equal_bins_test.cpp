// SPDX-License-Identifier: Apache-2.0
#include "analysis/histogram/equal_bins.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "tests/npy_oracle.h"

namespace clipscope::histogram {
namespace {

Histogram histogramOf(std::span<const float> values) {
    Histogram histogram;
    histogram.add(values);
    return histogram;
}

EqualBins exactBinsOf(const std::vector<float>& values, size_t n) {
    float amax = 0;
    for (const float value : values)
        amax = std::max(amax, std::abs(value));
    EqualBins bins{0, static_cast<double>(amax), std::vector<uint64_t>(n)};
    addExactAbs(values, bins);
    return bins;
}

/// The largest difference of cumulative counts.
uint64_t cumulativeDistance(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
    int64_t difference = 0;
    int64_t largest = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        difference += static_cast<int64_t>(a[i]) - static_cast<int64_t>(b[i]);
        largest = std::max(largest, std::abs(difference));
    }
    return static_cast<uint64_t>(largest);
}

TEST(ExactBins, EqualNumpyOnEveryCase) {
    for (const std::string& name : oracle::sampleNames())
        EXPECT_EQ(exactBinsOf(oracle::samples(name), 2048).counts, oracle::exactBins(name)) << name;
}

TEST(ExactBins, LeavesOutWhatIsNotFinite) {
    const float infinity = std::numeric_limits<float>::infinity();
    EqualBins bins{0, 4, std::vector<uint64_t>(4)};
    addExactAbs(std::vector<float>{-1, 0.5f, 4, -4, std::nanf(""), infinity, -infinity, 0}, bins);
    EXPECT_EQ(bins.counts, (std::vector<uint64_t>{2, 1, 0, 2}));
}

TEST(ExactBins, PutsZerosIntoBin0WhereAllAreZero) {
    EXPECT_EQ(exactBinsOf({0, -0.0f, 0}, 3).counts, (std::vector<uint64_t>{3, 0, 0}));
}

TEST(EqualBins, EdgesAreFloats) {
    // numpy.linspace(0, numpy.float32(0.1), 4, dtype=numpy.float32)
    const EqualBins bins{0, static_cast<double>(0.1f), std::vector<uint64_t>(3)};
    EXPECT_EQ(bins.edge(0), 0.0f);
    EXPECT_EQ(bins.edge(1), 0.033333335f);
    EXPECT_EQ(bins.edge(2), 0.06666667f);
    EXPECT_EQ(bins.edge(3), 0.1f);
}

// Inside a fine bin counts are interpolated: a cumulative count is off by at most what the fine
// bins hold that an edge cuts, and half a count of rounding.
TEST(ResampleAbs, IsOffByAtMostTheFineBinsThatAnEdgeCuts) {
    for (const std::string& name : oracle::sampleNames()) {
        const std::vector<float> values = oracle::samples(name);
        const Histogram histogram = histogramOf(values);
        const EqualBins bins = resampleAbs(histogram, 2048);
        const std::vector<uint64_t> exact = oracle::exactBins(name);
        EXPECT_EQ(bins.total(), values.size()) << name;
        EXPECT_EQ(bins.hi, static_cast<double>(histogram.amax())) << name;
        const std::vector<Bin> fine = histogram.bins();
        double difference = 0;
        for (size_t i = 0; i < 2047; ++i) {
            difference += static_cast<double>(bins.counts[i]) - static_cast<double>(exact[i]);
            const double edge = static_cast<double>(bins.edge(i + 1));
            double bound = 0.5;
            for (const Bin& bin : fine)
                if (bin.lower() < edge && edge < bin.upper())
                    bound += static_cast<double>(bin.count);
            ASSERT_LE(std::abs(difference), bound) << name << " edge " << i + 1;
        }
    }
}

// Where the fine bins are narrower than the equal ones and hold few values each, close is close.
TEST(ResampleAbs, IsCloseOnContinuousDistributions) {
    for (const std::string name : {"gaussian", "relu_half_gaussian", "gelu", "leaky_relu",
                                   "wide_range", "tiny_amax", "shifted_positive", "sparse95"}) {
        const std::vector<float> values = oracle::samples(name);
        const EqualBins bins = resampleAbs(histogramOf(values), 2048);
        EXPECT_LE(cumulativeDistance(bins.counts, oracle::exactBins(name)), values.size() / 2000)
            << name;
    }
}

TEST(ResampleAbs, IsExactWhereFineBinsHoldOneValue) {
    // Integers 0..255 have fine bins of their own, and with 255 bins the edges are the integers.
    const std::vector<float> values = oracle::samples("image_u8");
    EXPECT_EQ(resampleAbs(histogramOf(values), 255).counts, exactBinsOf(values, 255).counts);
    // 1, 2 and 4 lie on edges of both kinds of bin; 4 is the last, closed.
    Histogram histogram;
    histogram.add(0, 5);
    histogram.add(-4, 7);
    EXPECT_EQ(resampleAbs(histogram, 4).counts, (std::vector<uint64_t>{5, 0, 0, 7}));
    histogram.add(2, 3);  // the bin of max ends at max: a point, which opens bin 2
    EXPECT_EQ(resampleAbs(histogram, 4).counts, (std::vector<uint64_t>{5, 0, 3, 7}));
}

TEST(ResampleAbs, InterpolatesAndRoundsHalfToEven) {
    // The fine bin [1, 1 + 2^-11) holds 5 values; of 8192 bins over [0, 2] edge 4097 halves it, and
    // 2.5 rounds to 2.
    Histogram histogram;
    histogram.add(1, 5);
    histogram.add(2, 1);
    const EqualBins bins = resampleAbs(histogram, 8192);
    EXPECT_EQ(bins.counts[4096], 2u);
    EXPECT_EQ(bins.counts[4097], 3u);
    EXPECT_EQ(bins.counts[8191], 1u);
    EXPECT_EQ(bins.total(), 6u);
}

TEST(ResampleAbs, AddsBothSigns) {
    Histogram histogram;
    histogram.add(std::vector<float>{-3, -1, 1, 3, 3.5f});
    EXPECT_EQ(resampleAbs(histogram, 7).counts, (std::vector<uint64_t>{0, 0, 2, 0, 0, 0, 3}));
}

TEST(ResampleAbs, HandlesDegenerateHistograms) {
    EXPECT_EQ(resampleAbs(Histogram(), 3).counts, (std::vector<uint64_t>{0, 0, 0}));
    Histogram zeros;
    zeros.add(0, 9);
    EXPECT_EQ(resampleAbs(zeros, 3).counts, (std::vector<uint64_t>{9, 0, 0}));
    Histogram constant;
    constant.add(-1.5f, 1000);
    EXPECT_EQ(resampleAbs(constant, 3).counts, (std::vector<uint64_t>{0, 0, 1000}));
    Histogram tiny;  // all but the last edge round to 0
    tiny.add(std::numeric_limits<float>::denorm_min(), 4);
    tiny.add(0, 2);
    const EqualBins bins = resampleAbs(tiny, 2048);
    EXPECT_EQ(bins.counts.front(), 2u);
    EXPECT_EQ(bins.total(), 6u);
    EXPECT_THROW(resampleAbs(constant, 0), Error);
}

TEST(ResampleAbs, StaysWholeBeyondTheIntegersOfADouble) {
    Histogram histogram;
    const uint64_t many = (uint64_t{1} << 60) + 1;
    histogram.add(1, many);
    histogram.add(3, many);
    EXPECT_EQ(resampleAbs(histogram, 3).counts, (std::vector<uint64_t>{0, many, many}));
}

TEST(ResampleSigned, CountsWhatLiesOutsideAtTheEnds) {
    Histogram histogram;
    histogram.add(std::vector<float>{-8, -1.5f, -0.5f, 0, 0, 1, 2, 8});
    EXPECT_EQ(resampleSigned(histogram, 4, -2, 2).counts, (std::vector<uint64_t>{2, 1, 2, 3}));
    EXPECT_THROW(resampleSigned(histogram, 4, 2, -2), Error);
}

// numpy.histogram(x, 2048, (min, max)) computed by its definition.
TEST(ResampleSigned, IsCloseToTheSamples) {
    const std::vector<float> values = oracle::samples("gaussian");
    const Histogram histogram = histogramOf(values);
    const EqualBins bins = resampleSigned(histogram, 2048, static_cast<double>(histogram.min()),
                                          static_cast<double>(histogram.max()));
    std::vector<uint64_t> exact(2048);
    for (const float value : values) {
        size_t k = 0;
        while (k < 2047 && value >= bins.edge(k + 1))
            ++k;
        ++exact[k];
    }
    EXPECT_EQ(bins.total(), values.size());
    EXPECT_LE(cumulativeDistance(bins.counts, exact), 50u);
}

}  // namespace
}  // namespace clipscope::histogram
