// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/best_range.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "tests/npy_oracle.h"

namespace clipscope::quantization {
namespace {

Density densityOf(std::span<const float> values) {
    histogram::Histogram histogram;
    histogram.add(values);
    return Density(histogram);
}

/// Every 50th sample and the extremes, as point masses: what evaluateSamples sees of them.
std::vector<float> subsampleOf(const std::string& name) {
    const std::vector<float> values = oracle::samples(name);
    std::vector<float> result;
    for (size_t i = 0; i < values.size(); i += 50)
        result.push_back(values[i]);
    const auto [min, max] = std::minmax_element(values.begin(), values.end());
    result.insert(result.end(), {*min, *max});
    return result;
}

Density pointsOf(const std::vector<float>& values) {
    std::map<float, double> counts;
    for (const float value : values)
        ++counts[value];
    std::vector<Density::Piece> pieces;
    for (const auto& [value, count] : counts)
        pieces.push_back({static_cast<double>(value), static_cast<double>(value), count});
    return Density(pieces);
}

/// The least error of a fine grid of ranges, from [lo, hi] in steps of 1 % of it.
double bruteForce(const std::vector<float>& values, double lo, double hi, double anchor,
                  const std::function<Quantizer(double, double)>& make) {
    constexpr int kSteps = 64;
    double least = HUGE_VAL;
    for (int i = 0; i < (lo < anchor ? kSteps : 1); ++i)
        for (int j = 0; j < (hi > anchor ? kSteps : 1); ++j) {
            const Quantizer q =
                make(lo + (anchor - lo) * i / kSteps, hi - (hi - anchor) * j / kSteps);
            least = std::min(least, evaluateSamples(values, q).totalMse());
        }
    return least;
}

/// The rounding of the scale alone, which exact lattices leave: not worth telling apart.
double floorOf(const Density& density) {
    return std::pow(density.amax() * 0x1p-23, 2);
}

TEST(BestSymmetric, IsNoWorseThanTheOracle) {
    const nlohmann::json cases = oracle::histogramJson("expected_bruteforce_symmetric.json");
    for (const std::string& name : oracle::sampleNames()) {
        const std::vector<float> values = oracle::samples(name);
        const Density density = densityOf(values);
        for (const auto& [key, codes] : {std::pair{"n127", kInt8Narrow}, {"n128", kInt8}}) {
            double least = HUGE_VAL;
            for (const auto& row : cases.at(name).at("rows"))
                least = std::min(least, row.at(key).at("mse").get<double>());
            const BestRange best = bestSymmetric(density, 2048, codes);
            if (name == "almost_constant")  // its values share a bin or two: --two-pass is for it
                continue;
            EXPECT_LE(evaluateSamples(values, best.quantizer).totalMse(),
                      least * 1.001 + floorOf(density))
                << name << " " << key;
            EXPECT_EQ(best.lo, -best.hi);
        }
    }
}

TEST(BestAffine, IsNoWorseThanAFineGrid) {
    for (const std::string& name : oracle::sampleNames()) {
        const std::vector<float> values = subsampleOf(name);
        const Density density = pointsOf(values);
        const double least =
            bruteForce(values, std::min(0.0, density.min()), std::max(0.0, density.max()), 0,
                       [](double lo, double hi) { return affineQuantizer(lo, hi); });
        const BestRange best = bestAffine(density);
        EXPECT_LE(evaluateSamples(values, best.quantizer).totalMse(),
                  least * 1.001 + floorOf(density))
            << name;
        EXPECT_LE(best.lo, 0.0);
        EXPECT_GE(best.hi, 0.0);
        EXPECT_EQ(best.quantizer.shift, 0.0);
    }
}

TEST(BestFreeAffine, IsNoWorseThanAFineGrid) {
    for (const std::string& name : oracle::sampleNames()) {
        const std::vector<float> values = subsampleOf(name);
        const Density density = pointsOf(values);
        const double least =
            bruteForce(values, density.min(), density.max(), density.sum() / density.total(),
                       [](double lo, double hi) { return freeAffineQuantizer(lo, hi); });
        const BestRange best = bestFreeAffine(density);
        EXPECT_LE(evaluateSamples(values, best.quantizer).totalMse(),
                  least * 1.001 + floorOf(density))
            << name;
    }
}

TEST(CompareRanges, EachKindIsNoWorseThanTheOneItContains) {
    for (const std::string& name : oracle::sampleNames()) {
        const Density density = densityOf(oracle::samples(name));
        const RangeComparison ranges = compareRanges(density);
        const double slack = floorOf(density);
        EXPECT_LE(ranges.affine.error.totalMse(),
                  ranges.symmetric.error.totalMse() * (1 + 1e-6) + slack)
            << name;
        EXPECT_LE(ranges.freeAffine.error.totalMse(),
                  ranges.affine.error.totalMse() * (1 + 1e-6) + slack)
            << name;
        for (const BestRange* best : {&ranges.symmetric, &ranges.affine, &ranges.freeAffine})
            EXPECT_EQ(best->error.totalMse(), evaluate(density, best->quantizer).totalMse());
    }
}

// Even values in [4, 6]: the error is step^2 / 12 with steps 6 / 127, 6 / 255 and 2 / 255 (a little
// less where clipping pays).
TEST(CompareRanges, ErrorsOfNextToNothingAreTakenInOrder) {
    for (const size_t count : {1u, 2u, 3u, 300u}) {  // the last by look-ups
        for (int round = 0; round < 20; ++round) {
            std::vector<float> values;
            for (size_t i = 0; i < count; ++i)  // multiples of a step, so that some scale fits all
                values.push_back(std::ldexp(1.0f + 0.37f * static_cast<float>(round), -7) *
                                 static_cast<float>(count == 1 ? 1 : i % 201));
            const RangeComparison ranges = compareRanges(pointsOf(values));
            EXPECT_LE(ranges.affine.error.totalMse(), ranges.symmetric.error.totalMse());
            EXPECT_LE(ranges.freeAffine.error.totalMse(), ranges.affine.error.totalMse());
        }
    }
}

TEST(CompareRanges, ShowsWhatAShiftCosts) {
    const RangeComparison ranges = compareRanges(Density({{4, 6, 1000}}));
    EXPECT_NEAR(ranges.affineGainDb(), 20 * std::log10(255.0 / 127), 0.3);
    EXPECT_NEAR(ranges.freeAffine.error.sqnrDb() - ranges.affine.error.sqnrDb(),
                20 * std::log10(3.0), 0.3);
    EXPECT_GT(ranges.freeAffine.lo, 3.9);
    // A ReLU wastes the sign: one bit, about 6 dB.
    EXPECT_NEAR(compareRanges(Density({{0, 5, 1000}})).affineGainDb(), 20 * std::log10(255.0 / 127),
                0.1);
    // Symmetric data gain nothing.
    EXPECT_NEAR(compareRanges(Density({{-5, 5, 1000}})).affineGainDb(), 0, 0.1);
}

TEST(CompareRanges, CutsFarOutliers) {
    // A million values in [-1, 1] and one at 1000: keeping it costs (1000 / 127)^2 / 12 = 5.2 a
    // value, cutting it at 1 costs 10^6 / 10^6 = 1.
    const RangeComparison ranges = compareRanges(Density({{-1, 1, 1e6}, {1000, 1000, 1}}));
    for (const BestRange* best : {&ranges.symmetric, &ranges.affine, &ranges.freeAffine})
        EXPECT_LT(best->error.totalMse(), 1.0);
}

TEST(CompareRanges, HandlesDegenerateDistributions) {
    for (const Density& density : {Density(), Density({{0, 0, 5}})}) {
        const RangeComparison ranges = compareRanges(density);
        for (const BestRange* best : {&ranges.symmetric, &ranges.affine, &ranges.freeAffine}) {
            EXPECT_GT(best->quantizer.scale, 0.0f);
            EXPECT_EQ(best->error.totalMse(), 0.0);
        }
    }
    const Density constant({{-2.7, -2.7, 9}});
    const RangeComparison ranges = compareRanges(constant);
    for (const BestRange* best : {&ranges.symmetric, &ranges.affine, &ranges.freeAffine})
        EXPECT_LE(best->error.totalMse(), floorOf(constant));
}

}  // namespace
}  // namespace clipscope::quantization
