// SPDX-License-Identifier: Apache-2.0
#include "analysis/threshold/divergence.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "tests/analysis/threshold/brute_force.h"
#include "tests/npy_oracle.h"

namespace clipscope::threshold {
namespace {

void expectSameCurve(const std::vector<double>& ours, const std::vector<double>& theirs,
                     const DivergenceOptions& options) {
    ASSERT_EQ(ours.size(), theirs.size());
    int wrong = 0;
    for (size_t k = 0; k < ours.size(); ++k) {
        if (!oracle::agrees(ours[k], theirs[k]) && ++wrong <= 5) {
            ADD_FAILURE() << "i = " << options.start + static_cast<int>(k) * options.stride << ": "
                          << ours[k] << ", expected " << theirs[k];
        }
    }
    EXPECT_EQ(wrong, 0);
}

TEST(Divergence, equalsThePeersCurveOfEveryDistribution) {
    for (const std::string& name : oracle::histogramNames()) {
        for (const int levels : {128, 256}) {
            SCOPED_TRACE(name + (levels == 128 ? " s8" : " u8"));
            const DivergenceOptions options{levels, 128, 1, true};
            const auto peer =
                oracle::loadNpz(oracle::histogramData("ptq_curves.npz"),
                                name + (levels == 128 ? ".entropy_s8" : ".entropy_u8"));
            expectSameCurve(divergenceCurve(oracle::exactBins(name), options),
                            peer.values<double>(), options);
        }
    }
}

TEST(Divergence, equalsTheDefinitionForOtherLevelsStartsAndStrides) {
    for (const char* name : {"gaussian", "student_t", "image_u8", "hist_huge_counts"}) {
        const auto bins = oracle::exactBins(name);
        for (const DivergenceOptions& options :
             {DivergenceOptions{128, 128, 8, true}, DivergenceOptions{7, 1, 13, false},
              DivergenceOptions{255, 100, 3, true}, DivergenceOptions{1, 512, 64, false},
              DivergenceOptions{4000, 5, 17, false}}) {
            SCOPED_TRACE(std::string(name) + ", levels " + std::to_string(options.levels));
            expectSameCurve(
                divergenceCurve(bins, options),
                oracle::slowCurve(bins, static_cast<size_t>(options.levels),
                                  static_cast<size_t>(options.start),
                                  static_cast<size_t>(options.stride), options.copyBin1To0),
                options);
        }
    }
}

TEST(Divergence, ofThreeBinsAndOneLevelIsThatOfHand) {
    // i = 2: P = (1, 5)/6 with the outlier, Q = (2, 2)/4: D = ln(1/3)/6 + 5 ln(5/3)/6.
    // i = 3: P = (1, 3, 2)/6, Q = 1/3 each: D = ln(1/2)/6 + ln(3/2)/2 + 0.
    const std::vector<uint64_t> bins{1, 3, 2};
    const auto curve = divergenceCurve(bins, {1, 2, 1, false});
    ASSERT_EQ(curve.size(), 2u);
    EXPECT_NEAR(curve[0], std::log(1.0 / 3) / 6 + 5 * std::log(5.0 / 3) / 6, 1e-14);
    EXPECT_NEAR(curve[1], std::log(0.5) / 6 + std::log(1.5) / 2, 1e-14);
}

TEST(Divergence, hasNoCandidateBeyondTheBins) {
    const std::vector<uint64_t> bins(100, 1);
    EXPECT_TRUE(divergenceCurve(bins, {128, 128, 1, true}).empty());
    EXPECT_EQ(divergenceCurve(bins, {8, 100, 1, true}).size(), 1u);
}

TEST(DivergenceDetail, contributionsSumToTheCurveAndPAndQToOne) {
    for (const std::string& name : oracle::histogramNames()) {
        for (const bool copy : {true, false}) {
            const auto bins = oracle::exactBins(name);
            const DivergenceOptions options{128, 128, 1, copy};
            const auto curve = divergenceCurve(bins, options);
            for (const int i : {128, 129, 388, 700, 701, 1433, 1930, 2047, 2048}) {
                SCOPED_TRACE(name + ", i = " + std::to_string(i));
                const DivergenceDetail detail = divergenceDetail(bins, i, options);
                const double expected = curve[static_cast<size_t>(i - 128)];
                EXPECT_TRUE(oracle::agrees(detail.divergence, expected))
                    << detail.divergence << ", curve " << expected;
                ASSERT_EQ(detail.p.size(), static_cast<size_t>(i));
                ASSERT_EQ(detail.q.size(), static_cast<size_t>(i));
                ASSERT_EQ(detail.contribution.size(), static_cast<size_t>(i));
                if (std::isnan(expected))
                    continue;
                const auto sum = [](const std::vector<double>& v) {
                    return std::accumulate(v.begin(), v.end(), 0.0);
                };
                EXPECT_NEAR(sum(detail.p), 1.0, 1e-12);
                EXPECT_NEAR(sum(detail.q), 1.0, 1e-12);
                EXPECT_TRUE(oracle::agrees(sum(detail.contribution), expected));
            }
        }
    }
}

TEST(DivergenceDetail, isPAndQOfTheDefinition) {
    auto bins = oracle::exactBins("student_t");
    const DivergenceDetail detail = divergenceDetail(bins, 388, {128, 128, 1, true});
    bins[0] = bins[1];
    const oracle::Candidate slow = oracle::candidateOf(bins, 388, 128);
    double outliers = 0;
    for (size_t j = 388; j < bins.size(); ++j)
        outliers += static_cast<double>(bins[j]);
    EXPECT_EQ(detail.outliers, outliers);
    EXPECT_GT(outliers, 0);
    for (size_t j = 0; j < 388; ++j) {
        EXPECT_NEAR(detail.p[j], slow.p[j], 1e-15);
        EXPECT_NEAR(detail.q[j], slow.q[j], 1e-15);
    }
}

TEST(DivergenceDetail, refusesACandidateOutsideTheBins) {
    const std::vector<uint64_t> bins(16, 1);
    EXPECT_THROW(divergenceDetail(bins, 0, {}), Error);
    EXPECT_THROW(divergenceDetail(bins, 17, {}), Error);
    EXPECT_THROW(divergenceCurve(bins, {0, 1, 1, true}), Error);
}

}  // namespace
}  // namespace clipscope::threshold
