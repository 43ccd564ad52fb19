// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>
#include <set>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "tests/analysis/threshold/brute_force.h"
#include "tests/analysis/threshold/cases.h"

namespace clipscope::threshold {
namespace {

/// Where the peer lets a candidate win that the rule of eligibility refuses.
const std::set<std::string> kOnlyTheWholeIsEligible{"almost_constant", "constant",
                                                    "shifted_positive", "hist_single_bin_mid"};

int candidateOf(const Curve& curve, int k) {
    return curve.firstBins + k * curve.stride;
}

void expectCurve(const Curve& curve, const std::vector<double>& expected) {
    EXPECT_EQ(curve.kind, "kl");
    ASSERT_EQ(curve.value.size(), expected.size());
    ASSERT_EQ(curve.threshold.size(), expected.size());
    for (size_t k = 0; k < expected.size(); ++k)
        ASSERT_TRUE(oracle::agrees(curve.value[k], expected[k]))
            << "candidate " << k << ": " << curve.value[k] << ", expected " << expected[k];
}

class EntropyAgainstPeer : public testing::TestWithParam<std::string> {};
std::string nameOf(const testing::TestParamInfo<std::string>& info) {
    return info.param;
}
INSTANTIATE_TEST_SUITE_P(Cases, EntropyAgainstPeer, testing::ValuesIn(oracle::histogramNames()),
                         nameOf);

TEST_P(EntropyAgainstPeer, choosesTheSameThresholdForInt8AndUint8) {
    const std::string& name = GetParam();
    const nlohmann::json peer =
        oracle::histogramJson("expected_pytorch_quantization.json").at(name);
    for (const char* grid : {"entropy_s8", "entropy_u8"}) {
        SCOPED_TRACE(grid);
        const Parameters parameters{{"levels", grid == std::string("entropy_s8") ? "128" : "256"}};
        const Result result = computeFor("entropy", given(name), parameters);
        if (name == "hist_empty") {
            EXPECT_EQ(result.reason, "no-data");
            EXPECT_EQ(result.threshold, 1.0);
        } else if (name == "hist_only_bin0") {
            EXPECT_EQ(result.reason, "entropy-degenerate");
            EXPECT_EQ(result.threshold, oracleAmax(name));
            EXPECT_EQ(result.curve.chosen, -1);
        } else {
            const bool isWhole = kOnlyTheWholeIsEligible.count(name) > 0;
            EXPECT_EQ(result.reason, "");
            EXPECT_EQ(candidateOf(result.curve, result.curve.chosen),
                      isWhole ? 2048 : peer[grid]["index_i"].get<int>());
            EXPECT_EQ(result.threshold,
                      isWhole ? oracleAmax(name) : peer[grid]["amax"].get<double>());
            expectCurve(result.curve,
                        oracle::loadNpz(oracle::histogramData("ptq_curves.npz"), name + "." + grid)
                            .values<double>());
        }
        EXPECT_EQ(result.lo, -result.threshold);
        EXPECT_EQ(result.hi, result.threshold);
    }
}

TEST(Entropy, choosesThePeersThresholdForOtherStridesAndStarts) {
    const auto peer = oracle::histogramJson("expected_pytorch_quantization.json");
    for (const std::string& name : oracle::histogramNames()) {
        if (kOnlyTheWholeIsEligible.count(name) > 0 || name == "hist_empty")
            continue;  // the rule of eligibility decides
        SCOPED_TRACE(name);
        EXPECT_EQ(computeFor("entropy", given(name), {{"stride", "4"}}).threshold,
                  peer[name]["entropy_s8_stride4_start128"].get<double>());
        EXPECT_EQ(computeFor("entropy", given(name), {{"start", "512"}}).threshold,
                  peer[name]["entropy_s8_stride1_start512"].get<double>());
    }
}

struct Variant {
    const char* method;
    bool copyBin1To0;
    bool last;
    size_t stride;
};

/// Within 32 bins of the minimum a candidate is infinite or neighbours differ by over 5 %.
bool isUnstable(const std::vector<double>& curve, size_t chosen, size_t stride) {
    for (size_t k = 0; k < curve.size(); ++k) {
        const auto away = [&](size_t c) { return (c > chosen ? c - chosen : chosen - c) * stride; };
        if (away(k) <= 32 && !std::isfinite(curve[k]))
            return true;
        if (k > 0 && away(k) <= 32 && away(k - 1) <= 32) {
            const double jump = std::abs(curve[k] - curve[k - 1]);
            if (jump > 1e-12 && jump > 0.05 * std::max(curve[k], curve[k - 1]))
                return true;
        }
    }
    return false;
}

class EntropyAgainstDefinition : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Cases, EntropyAgainstDefinition,
                         testing::ValuesIn(oracle::histogramNames()), nameOf);

TEST_P(EntropyAgainstDefinition, curveAndThresholdOfThePseudocodeAndOfTensorRt) {
    const std::string& name = GetParam();
    const std::vector<uint64_t> bins = oracle::exactBins(name);
    const double amax = oracleAmax(name);
    for (const Variant& variant :
         {Variant{"entropy-gtc", false, false, 1}, Variant{"entropy-gtc", false, false, 8},
          Variant{"entropy-trt", true, true, 1}, Variant{"entropy-trt", true, true, 8}}) {
        SCOPED_TRACE(variant.method + std::string(", stride ") + std::to_string(variant.stride));
        const Result result =
            computeFor(variant.method, given(name), {{"stride", std::to_string(variant.stride)}});
        if (name == "hist_empty") {
            EXPECT_EQ(result.reason, "no-data");
            continue;
        }
        const auto slow = oracle::slowCurve(bins, 128, 128, variant.stride, variant.copyBin1To0);
        expectCurve(result.curve, slow);
        const size_t i = oracle::chosenCandidate(slow, bins, 128, variant.stride, variant.last);
        if (i == 0) {
            EXPECT_EQ(result.reason, "entropy-degenerate");
            EXPECT_EQ(result.threshold, amax);
        } else {
            EXPECT_EQ(result.reason, "");
            EXPECT_EQ(candidateOf(result.curve, result.curve.chosen), static_cast<int>(i));
            EXPECT_DOUBLE_EQ(result.threshold, (static_cast<double>(i) + 0.5) * amax / 2048);
            EXPECT_EQ(result.unstable,
                      isUnstable(slow, (i - 128) / variant.stride, variant.stride));
        }
    }
}

TEST(Entropy, isStableOnASmoothCurveAndUnstableBesideAnInfiniteCandidate) {
    // An exponential tail makes a smooth curve; a lone outlier makes all but T = amax infinite.
    histogram::EqualBins smooth{0, 1, std::vector<uint64_t>(2048)};
    for (size_t j = 0; j < 2048; ++j)
        smooth.counts[j] =
            1 + static_cast<uint64_t>(1e12 * std::exp(-static_cast<double>(j) / 100));
    const auto slow = oracle::slowCurve(smooth.counts, 128, 128, 1, true);
    const size_t i = oracle::chosenCandidate(slow, smooth.counts, 128, 1, true);
    ASSERT_FALSE(isUnstable(slow, i - 128, 1));
    const Result result = computeFor("entropy", Distribution(smooth));
    EXPECT_EQ(candidateOf(result.curve, result.curve.chosen), static_cast<int>(i));
    EXPECT_FALSE(result.unstable);
    EXPECT_TRUE(computeFor("entropy", given("outlier_spike")).unstable);
}

TEST(Entropy, ofExactBinsFromSamplesIsThatOfTheGivenCounts) {
    for (const std::string& name : oracle::sampleNames()) {
        SCOPED_TRACE(name);
        const auto statistics = twoPassStatisticsOf(oracle::samples(name));
        const Distribution distribution(statistics);
        if (name == "constant") {
            EXPECT_EQ(computeFor("entropy", distribution).threshold, 1.5);
            continue;
        }
        for (const char* method : {"entropy", "entropy-gtc", "entropy-trt"}) {
            const Result result = computeFor(method, distribution);
            const Result expected = computeFor(method, given(name));
            EXPECT_EQ(result.threshold, expected.threshold);
            EXPECT_EQ(result.curve.chosen, expected.curve.chosen);
            EXPECT_EQ(result.unstable, expected.unstable);
            expectCurve(result.curve, expected.curve.value);
        }
    }
}

/// One pass resamples the fine bins: what matters is what the exact counts say of the threshold.
/// Judged within two bins, because a curve of exact counts jumps from bin to bin.
TEST(Entropy, ofASinglePassStaysCloseToTheExactMinimum) {
    int within1Percent = 0;
    for (const std::string& name : oracle::sampleNames()) {
        const auto statistics = statisticsOf(oracle::samples(name));
        const Result result = computeFor("entropy", Distribution(statistics));
        const auto exact =
            oracle::loadNpz(oracle::histogramData("ptq_curves.npz"), name + ".entropy_s8")
                .values<double>();
        const size_t best = oracle::chosenCandidate(exact, oracle::exactBins(name), 128, 1, true);
        ASSERT_GE(best, 128u);
        const double minimum = exact[best - 128];
        const int chosen =
            name == "constant" ? 1920 : result.curve.chosen;  // answered without a search
        ASSERT_GE(chosen, 0) << name;
        double ours = std::numeric_limits<double>::infinity();
        for (int k = std::max(0, chosen - 2); k <= std::min(1920, chosen + 2); ++k)
            if (std::isfinite(exact[static_cast<size_t>(k)]))
                ours = std::min(ours, exact[static_cast<size_t>(k)]);
        const double excess = ours - minimum <= 1e-12 ? 0.0 : ours / minimum - 1;
        std::printf("%-20s T = %-12.6g i = %4d (exact %4zu), excess divergence %.3f %%%s\n",
                    name.c_str(), result.threshold, chosen + 128, best, 100 * excess,
                    result.unstable ? ", unstable" : "");
        EXPECT_LE(excess, 0.05) << name;
        within1Percent += excess <= 0.01 ? 1 : 0;
    }
    EXPECT_GE(within1Percent, 12);
}

TEST(Entropy, refusesAStartBeyondTheBinsAndOtherBinsThanGiven) {
    EXPECT_THROW(computeFor("entropy", given("gaussian"), {{"start", "2049"}}), Error);
    EXPECT_THROW(computeFor("entropy-gtc", given("gaussian"), {{"bins", "1024"}}), Error);
    EXPECT_NO_THROW(computeFor("entropy-gtc", given("gaussian"), {{"start", "2048"}}));
}

TEST(Entropy, takesOtherNumbersOfBinsFromSamples) {
    const auto statistics = statisticsOf(oracle::samples("gaussian"));
    const Distribution distribution(statistics);
    const Result result = computeFor("entropy", distribution, {{"bins", "512"}, {"stride", "8"}});
    ASSERT_EQ(result.curve.value.size(), 49u);  // 128, 136, ... 512
    EXPECT_EQ(result.curve.threshold.back(), oracleAmax("gaussian"));
    expectCurve(result.curve,
                oracle::slowCurve(distribution.absBins(512).counts, 128, 128, 8, true));
}

}  // namespace
}  // namespace clipscope::threshold
