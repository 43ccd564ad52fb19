// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "analysis/quantization/error.h"
#include "tests/analysis/threshold/brute_force.h"
#include "tests/analysis/threshold/cases.h"

namespace clipscope::threshold {
namespace {

/// (x - dequantized)^2 of symmetric int8 with s = float32(T / 127) and a float32 division.
double squaredError(float x, float scale) {
    const double q = std::clamp(std::nearbyint(x / scale), -128.0f, 127.0f);
    const double error = x - q * scale;
    return error * error;
}

double trueMse(const std::vector<float>& samples, double threshold) {
    const auto scale = static_cast<float>(threshold / 127);
    double sum = 0;
    for (const float x : samples)
        sum += squaredError(x, scale);
    return sum / static_cast<double>(samples.size());
}

/// The same of counts that are spread evenly over their bins: 64 points a bin.
double countsMse(const histogram::EqualBins& bins, double threshold) {
    constexpr int kPoints = 64;
    const double scale = static_cast<float>(threshold / 127);
    double sum = 0;
    double total = 0;
    for (size_t j = 0; j < bins.counts.size(); ++j) {
        for (int point = 0; point < kPoints && bins.counts[j] > 0; ++point) {
            const double x = (static_cast<double>(j) + (point + 0.5) / kPoints) * bins.width();
            const double error = x - scale * std::min(127.0, std::nearbyint(x / scale));
            sum += error * error * static_cast<double>(bins.counts[j]) / kPoints;
        }
        total += static_cast<double>(bins.counts[j]);
    }
    return sum / total;
}

/// What the peers choose, as T = 127 s.
std::vector<double> peerThresholds(const std::string& name) {
    static const auto ptq = oracle::histogramJson("expected_pytorch_quantization.json");
    static const auto ppq = oracle::histogramJson("expected_ppq.json");
    static const auto brute = oracle::histogramJson("expected_bruteforce_symmetric.json");
    std::vector<double> thresholds{ptq.at(name).at("mse_s8").at("amax").get<double>()};
    const auto addScale = [&](const char* key) {
        const auto found = ppq.at(name).find(key);
        if (found != ppq.at(name).end() && found->contains("scale"))
            thresholds.push_back(127 * found->at("scale").get<double>());
    };
    addScale("mse_on_given_hist");
    addScale("mse_pipeline_2048bins_sym_-128_127");
    if (brute.contains(name)) {
        const int i = brute.at(name).at("trt_grid_local_best").at("i").get<int>();
        thresholds.push_back((i + 0.5) * oracleAmax(name) / 2048);
        thresholds.push_back(oracleAmax(name) * brute.at(name).at("best_k_n128").get<int>() / 64);
    }
    return thresholds;
}

class Mse : public testing::TestWithParam<std::string> {};
class MseOfSamples : public testing::TestWithParam<std::string> {};
std::string nameOf(const testing::TestParamInfo<std::string>& info) {
    return info.param;
}
std::vector<std::string> namesWithData() {
    std::vector<std::string> names = oracle::histogramNames();
    std::erase(names, "hist_empty");
    return names;
}
INSTANTIATE_TEST_SUITE_P(Cases, Mse, testing::ValuesIn(namesWithData()), nameOf);
INSTANTIATE_TEST_SUITE_P(Cases, MseOfSamples, testing::ValuesIn(oracle::sampleNames()), nameOf);

TEST_P(MseOfSamples, costsNoMoreThanThePeersThresholds) {
    const std::vector<float> samples = oracle::samples(GetParam());
    const auto statistics = statisticsOf(samples);
    const Result result = computeFor("mse", Distribution(statistics));
    const double ours = trueMse(samples, result.threshold);
    for (const double theirs : peerThresholds(GetParam()))
        EXPECT_LE(ours, trueMse(samples, theirs) * 1.001)
            << "at T = " << result.threshold << ", peer " << theirs;
}

/// By how much the rms error of a histogram may differ from that of its samples:
/// sqrt(sum n_b w_b^2 / (3 N)).
double resolution(const histogram::Histogram& histogram) {
    double sum = 0;
    for (const histogram::Bin& bin : histogram.bins()) {
        const double width = bin.upper() - bin.lower();
        sum += static_cast<double>(bin.count) * width * width;
    }
    return std::sqrt(sum / 3 / static_cast<double>(histogram.finiteCount()));
}

TEST_P(MseOfSamples, affineRangeCostsNoMoreThanTheSymmetricOneAndMinMax) {
    const std::vector<float> samples = oracle::samples(GetParam());
    const auto statistics = statisticsOf(samples);
    const Result result = computeFor("mse", Distribution(statistics));
    const auto rmsOf = [&](double lo, double hi) {
        const auto quantizer = quantization::affineQuantizer(lo, hi);
        return std::sqrt(quantization::evaluateSamples(samples, quantizer).totalMse());
    };
    const double ours = rmsOf(result.lo, result.hi);
    const double slack = 2 * resolution(statistics.histogram);  // once for each side
    EXPECT_LE(ours, std::sqrt(trueMse(samples, result.threshold)) * 1.001 + slack);
    EXPECT_LE(ours, rmsOf(statistics.histogram.min(), statistics.histogram.max()) * 1.001 + slack);
}

TEST_P(Mse, ofGivenCountsCostsNoMoreThanThePeersThresholds) {
    const histogram::EqualBins bins = givenBins(GetParam());
    const Result result = computeFor("mse", Distribution(bins));
    const double ours = countsMse(bins, result.threshold);
    for (const double theirs : peerThresholds(GetParam()))
        EXPECT_LE(ours, countsMse(bins, theirs) * 1.001)
            << "at T = " << result.threshold << ", peer " << theirs;
}

TEST_P(Mse, curveIsTheErrorOfEachCandidate) {
    const histogram::EqualBins bins = givenBins(GetParam());
    const Curve curve = computeFor("mse", Distribution(bins)).curve;
    EXPECT_EQ(curve.kind, "mse");
    ASSERT_EQ(curve.value.size(), 2049u);
    ASSERT_EQ(curve.threshold.size(), 2049u);
    EXPECT_EQ(curve.threshold.back(), bins.hi);
    const auto least = std::min_element(curve.value.begin(), curve.value.end());
    EXPECT_EQ(curve.value[static_cast<size_t>(curve.chosen)], *least);
    for (size_t k = 0; k < 2048; k += 97) {
        EXPECT_DOUBLE_EQ(curve.threshold[k], (static_cast<double>(k) + 0.5) * bins.hi / 2048);
        const double expected = countsMse(bins, curve.threshold[k]);
        // 64 points a bin of width w resolve its boundaries to w / 64.
        const double resolution = bins.width() * bins.width() / 100;
        EXPECT_NEAR(curve.value[k], expected, 1e-3 * expected + resolution) << "candidate " << k;
    }
}

TEST(Mse, countsTheCodeThatOnlyNegativeValuesHave) {
    // Values at -128 and +127 alone: s = 1 represents both, and |x| alone would clip the first.
    histogram::TensorStatistics statistics;
    statistics.histogram.add(-128.0f, 1000);
    statistics.histogram.add(127.0f, 1000);
    statistics.histogram.add(1.0f, 1000);
    const Result result = computeFor("mse", Distribution(statistics));
    const auto mseAt = [](double threshold) { return trueMse({-128.0f, 127.0f, 1.0f}, threshold); };
    for (double threshold = 64; threshold <= 128; threshold += 0.25)
        EXPECT_LE(mseAt(result.threshold), mseAt(threshold) + 0.01) << threshold;
}

}  // namespace
}  // namespace clipscope::threshold
