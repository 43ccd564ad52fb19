// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <limits>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "tests/analysis/histogram/reference_histogram.h"

namespace clipscope::histogram {
namespace {

Histogram::State stateOf(const Histogram& histogram) {
    return {histogram.bins(),
            histogram.zeros(),
            histogram.nan(),
            histogram.positiveInfinities(),
            histogram.negativeInfinities(),
            histogram.min(),
            histogram.max()};
}

Histogram histogramOf(std::span<const float> values) {
    Histogram histogram;
    histogram.add(values);
    return histogram;
}

TEST(HistogramState, GoesRound) {
    for (uint32_t seed = 1; seed <= 10; ++seed) {
        const Histogram histogram = histogramOf(assortedValues(2000, seed));
        Histogram::State state = stateOf(histogram);
        std::reverse(state.bins.begin(), state.bins.end());
        for (Bin& bin : state.bins)
            bin.width = 0;
        EXPECT_EQ(Histogram::fromState(state), histogram);
    }
    const float tiniest = std::numeric_limits<float>::denorm_min();
    for (const std::vector<float>& values : {std::vector<float>{},
                                             {0},
                                             {-0.0f, 3},
                                             {-2},
                                             {tiniest},
                                             {-tiniest},
                                             {-tiniest, tiniest, 0},
                                             {5, 5.0001f},
                                             {-7, -3},
                                             {std::nanf("")}}) {
        const Histogram histogram = histogramOf(values);
        EXPECT_EQ(Histogram::fromState(stateOf(histogram)), histogram);
    }
}

TEST(HistogramState, TakesNegativeZeroForZero) {
    Histogram::State state;
    state.zeros = 2;
    state.min = state.max = -0.0f;
    EXPECT_FALSE(std::signbit(Histogram::fromState(state).min()));
}

TEST(HistogramState, RefusesContradictions) {
    const std::vector<std::pair<std::string, std::function<void(Histogram::State&)>>> damages{
        {"empty bin", [](auto& state) { state.bins[1].count = 0; }},
        {"bin twice", [](auto& state) { state.bins.push_back(state.bins[1]); }},
        {"no edge", [](auto& state) { state.bins[1].bits += 1; }},
        {"fine edge of a coarse octave", [](auto& state) { state.bins[2].bits += 1 << 12; }},
        {"beyond max",
         [](auto& state) {
             state.bins.push_back({0x447a1000u, 0, 1});
         }},
        {"another octave",
         [](auto& state) {
             state.bins.push_back({0x4b000000u, 0, 1});
         }},
        {"infinity as a bin",
         [](auto& state) {
             state.bins.push_back({0x7f800000u, 0, 1});
         }},
        {"below min",
         [](auto& state) {
             state.bins.push_back({0xc2000000u, 0, 1});
         }},
        {"max without its bin", [](auto& state) { state.bins.pop_back(); }},
        {"min without its bin", [](auto& state) { state.bins.erase(state.bins.begin()); }},
        {"max not finite", [](auto& state) { state.max = HUGE_VALF; }},
        {"min not a number", [](auto& state) { state.min = std::nanf(""); }},
        {"min above max", [](auto& state) { std::swap(state.min, state.max); }},
        {"overflow", [](auto& state) { state.zeros = ~uint64_t{0}; }},
    };
    // Bins: -3, -1 (fine), 0.001 (coarse below 1000), 1000.
    const Histogram histogram = histogramOf(std::vector<float>{-3, -3, -2, 0.001f, 1000, 0});
    ASSERT_EQ(histogram.bins().size(), 4u);
    ASSERT_EQ(histogram.bins()[2].width, 1u << 16);
    for (const auto& [name, damage] : damages) {
        Histogram::State state = stateOf(histogram);
        damage(state);
        EXPECT_THROW(Histogram::fromState(state), Error) << name;
    }
    Histogram::State state;
    state.max = 1;
    EXPECT_THROW(Histogram::fromState(state), Error) << "extremes of nothing";
    state = stateOf(histogramOf(std::vector<float>{2, 3}));
    state.zeros = 1;
    EXPECT_THROW(Histogram::fromState(state), Error) << "zeros below min";
    state = stateOf(histogramOf(std::vector<float>{2, 3}));
    state.min = 0;
    EXPECT_THROW(Histogram::fromState(state), Error) << "min 0 without zeros";
}

}  // namespace
}  // namespace clipscope::histogram
