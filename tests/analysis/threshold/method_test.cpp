// SPDX-License-Identifier: Apache-2.0
#include "analysis/threshold/method.h"

#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "tests/analysis/threshold/brute_force.h"
#include "tests/analysis/threshold/cases.h"

namespace clipscope::threshold {
namespace {

using Float = std::numeric_limits<float>;

/// What every export relies on.
void expectUsable(const Result& result) {
    EXPECT_GT(result.threshold, 0);
    EXPECT_TRUE(std::isfinite(result.threshold));
    const auto scale = static_cast<float>(result.threshold / 127);
    EXPECT_TRUE(std::isnormal(scale)) << result.threshold;
    EXPECT_TRUE(std::isfinite(127.0f * scale)) << result.threshold;
    EXPECT_TRUE(std::isfinite(static_cast<float>(result.lo)));
    EXPECT_TRUE(std::isfinite(static_cast<float>(result.hi)));
    EXPECT_LE(result.lo, result.hi);
}

/// The message of the Error(Usage) that `call` throws.
template <typename Call>
std::string usageMessage(const Call& call) {
    try {
        call();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Usage);
        return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
}

void expectMentions(const std::string& message, std::initializer_list<const char*> words) {
    for (const char* word : words)
        EXPECT_NE(message.find(word), std::string::npos) << word << " in: " << message;
}

TEST(Methods, areListedOnceWithTheirCalibrator) {
    std::set<std::string_view> ids;
    for (const Method& method : methods()) {
        EXPECT_TRUE(ids.insert(method.id).second) << method.id;
        EXPECT_EQ(&findMethod(method.id), &method);
        EXPECT_FALSE(method.summary.empty());
        EXPECT_EQ(method.cacheAlgorithm,
                  method.id == "minmax" ? "MinMaxCalibration" : "EntropyCalibration2");
        for (const ParameterInfo& parameter : method.parameters)  // the defaults are valid
            EXPECT_NO_THROW(
                compute(method, given("gaussian"),
                        {{std::string(parameter.name), std::string(parameter.defaultValue)}}));
    }
    EXPECT_EQ(ids, (std::set<std::string_view>{"minmax", "entropy", "entropy-gtc", "entropy-trt",
                                               "percentile", "mse"}));
}

TEST(Methods, refuseUnknownNamesAndThoseToCome) {
    expectMentions(usageMessage([] { findMethod("kld"); }),
                   {"kld", "minmax", "entropy", "entropy-gtc", "entropy-trt", "percentile", "mse"});
    for (const char* name : {"entropy-affine", "entropy-unsigned", "legacy"})
        expectMentions(usageMessage([&] { findMethod(name); }), {name, "not available yet", "mse"});
    EXPECT_THROW(findMethod(""), Error);
    EXPECT_THROW(findMethod("Entropy"), Error);
}

TEST(Methods, refuseUnknownParametersAndListTheValidOnes) {
    expectMentions(usageMessage([] {
                       computeFor("entropy", given("gaussian"), {{"binz", "9"}});
                   }),
                   {"entropy", "binz", "bins", "levels", "start", "stride"});
    expectMentions(usageMessage([] {
                       computeFor("minmax", given("gaussian"), {{"p", "9"}});
                   }),
                   {"minmax", "p", "none"});
    expectMentions(usageMessage([] {
                       computeFor("mse", given("gaussian"), {{"p", "9"}});
                   }),
                   {"mse", "bins"});
}

TEST(Methods, refuseValuesOutOfRange) {
    const std::initializer_list<std::pair<const char*, Parameters>> wrong{
        {"percentile", {{"p", "0"}}},      {"percentile", {{"p", "100.001"}}},
        {"percentile", {{"p", "-5"}}},     {"percentile", {{"p", "nan"}}},
        {"percentile", {{"p", ""}}},       {"percentile", {{"p", "99,9"}}},
        {"percentile", {{"p", "99.9%"}}},  {"entropy", {{"bins", "1"}}},
        {"entropy", {{"bins", "2048.5"}}}, {"entropy", {{"levels", "1"}}},
        {"entropy", {{"start", "0"}}},     {"entropy", {{"stride", "0"}}},
        {"entropy", {{"stride", "-8"}}},   {"entropy", {{"stride", "99999999999999999999"}}},
        {"mse", {{"bins", "0"}}},          {"mse", {{"bins", "65537"}}},
    };
    for (const auto& [method, parameters] : wrong) {
        SCOPED_TRACE(method + std::string(" ") + parameters.begin()->second);
        const char* id = method;
        const Parameters& values = parameters;
        expectMentions(usageMessage([&] { computeFor(id, given("gaussian"), values); }),
                       {id, parameters.begin()->first.c_str(), "default"});
        // A degenerate tensor does not hide the mistake.
        EXPECT_THROW(computeFor(id, given("hist_empty"), values), Error);
    }
}

class EveryMethod : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Methods, EveryMethod,
                         testing::Values("minmax", "entropy", "entropy-gtc", "entropy-trt",
                                         "percentile", "mse"));

TEST_P(EveryMethod, answersDegenerateTensors) {
    const auto resultOf = [](const std::vector<float>& values) {
        const auto statistics = statisticsOf(values);
        const Result result = computeFor(GetParam(), Distribution(statistics));
        expectUsable(result);
        return result;
    };
    const float nan = Float::quiet_NaN();
    const float inf = Float::infinity();
    EXPECT_EQ(resultOf({}).reason, "no-data");
    EXPECT_EQ(resultOf({}).threshold, 1.0);
    EXPECT_EQ(resultOf({nan, inf, -inf}).reason, "no-data");
    EXPECT_EQ(resultOf({nan, inf, -inf}).threshold, 1.0);
    EXPECT_EQ(resultOf({0.0f, -0.0f, 0.0f}).reason, "all-zero");
    EXPECT_EQ(resultOf({0.0f, nan}).threshold, 1.0);
    EXPECT_EQ(resultOf({-2.5f, -2.5f}).threshold, 2.5);
    EXPECT_EQ(resultOf({-2.5f, -2.5f}).reason, "");
    EXPECT_EQ(resultOf({0.75f}).threshold, 0.75);
    EXPECT_EQ(resultOf({0.75f, inf, nan}).threshold, 0.75);
    EXPECT_EQ(resultOf({0.0f, 0.0f, 3.0f}).reason == "all-zero", false);
}

TEST_P(EveryMethod, givesUsableThresholdsForAllDistributions) {
    for (const std::string& name : oracle::histogramNames()) {
        SCOPED_TRACE(name);
        const Result result = computeFor(GetParam(), given(name));
        expectUsable(result);
        if (name != "hist_empty") {
            EXPECT_LE(result.threshold, oracleAmax(name) * (1 + 0.5 / 2048) * (1 + 1e-12));
        }
    }
    for (const std::string& name : oracle::sampleNames()) {
        SCOPED_TRACE(name);
        const auto statistics = statisticsOf(oracle::samples(name));
        expectUsable(computeFor(GetParam(), Distribution(statistics)));
    }
}

TEST_P(EveryMethod, keepsTheScaleNormalAtBothEndsOfFloat32) {
    std::vector<float> values = oracle::samples("gaussian");
    const auto scaledTo = [&](float amax) {
        std::vector<float> scaled = values;
        for (float& x : scaled)
            x = static_cast<float>(static_cast<double>(x) / oracleAmax("gaussian") * amax);
        const auto statistics = statisticsOf(scaled);
        return computeFor(GetParam(), Distribution(statistics));
    };
    for (const float amax : {1e-40f, Float::denorm_min() * 100, Float::min(), 1e-37f}) {
        const Result result = scaledTo(amax);
        expectUsable(result);
        EXPECT_EQ(result.reason, "scale-underflow") << amax;
        EXPECT_EQ(result.threshold, 127.0 * Float::min());
    }
    const Result small = scaledTo(1e-6f);
    expectUsable(small);
    EXPECT_LE(small.threshold, 1.001e-6);
    EXPECT_NE(small.reason, "scale-underflow");
    const Result large = scaledTo(Float::max());
    expectUsable(large);
    EXPECT_GT(large.threshold, 0.5 * Float::max());
}

TEST(Minmax, isAmaxAndTheExtremes) {
    const auto statistics = statisticsOf({-3.0f, 0.5f, 2.0f});
    const Result result = computeFor("minmax", Distribution(statistics));
    EXPECT_EQ(result.threshold, 3.0);
    EXPECT_EQ(result.lo, -3.0);
    EXPECT_EQ(result.hi, 2.0);
    EXPECT_TRUE(result.curve.value.empty());
}

TEST(DistributionOfCounts, refusesWhatIsNoHistogramOfMagnitudes) {
    EXPECT_THROW(Distribution(histogram::EqualBins{0, 1, {}}), Error);
    EXPECT_THROW(Distribution(histogram::EqualBins{-1, 1, {1, 2}}), Error);
    EXPECT_THROW(Distribution(histogram::EqualBins{0, HUGE_VAL, {1, 2}}), Error);
    EXPECT_THROW(Distribution(histogram::EqualBins{0, 1, {1, 2}}).absBins(3), Error);
    EXPECT_EQ(Distribution(histogram::EqualBins{0, 1, {1, 2}}).absBins(2).counts[1], 2u);
}

TEST(DistributionOfCounts, runsFromItsFirstCountToAmax) {
    const Distribution distribution(histogram::EqualBins{0, 4, {0, 0, 5, 0}});
    EXPECT_EQ(distribution.min(), 2.0);
    EXPECT_EQ(distribution.max(), 4.0);
    EXPECT_EQ(distribution.amax(), 4.0f);
    EXPECT_EQ(distribution.finiteCount(), 5.0);
}

}  // namespace
}  // namespace clipscope::threshold
