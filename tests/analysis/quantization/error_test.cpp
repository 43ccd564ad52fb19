// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/npy_oracle.h"

namespace clipscope::quantization {
namespace {

constexpr CodeRange kUint8{0, 255};

Density densityOf(std::span<const float> values) {
    histogram::Histogram histogram;
    histogram.add(values);
    return Density(histogram);
}

double amaxOf(const std::vector<float>& values) {
    double amax = 0;
    for (const float value : values)
        amax = std::max(amax, std::abs(static_cast<double>(value)));
    return amax;
}

/// The parts by their definition, in long double.
ErrorParts partsByDefinition(const std::vector<float>& values, const Quantizer& q) {
    long double clip = 0;
    long double round = 0;
    const double zero = q.zeroPoint;
    const double low = static_cast<double>(q.scale) * (q.codes.min - zero) + q.shift;
    const double high = static_cast<double>(q.scale) * (q.codes.max - zero) + q.shift;
    for (const float value : values) {
        const double x = static_cast<double>(value);
        const double steps = q.shift == 0
                                 ? static_cast<double>(std::nearbyintf(value / q.scale))
                                 : std::nearbyint((x - q.shift) / static_cast<double>(q.scale));
        const double code =
            std::min<double>(std::max<double>(steps + zero, q.codes.min), q.codes.max);
        const double clamped = std::min(std::max(x, low), high);
        const double r = clamped - (static_cast<double>(q.scale) * (code - zero) + q.shift);
        clip += static_cast<long double>(x - clamped) * (x - clamped);
        round += static_cast<long double>(r) * r;
    }
    const auto count = static_cast<long double>(values.size());
    return {static_cast<double>(clip / count), static_cast<double>(round / count)};
}

std::vector<Quantizer> quantizersFor(double min, double max) {
    const double amax = std::max(-min, max);
    std::vector<Quantizer> result;
    for (const double f : {1.0, 0.83, 0.5, 0.21, 0.05}) {
        result.push_back(symmetricQuantizer(f * amax));
        result.push_back(symmetricQuantizer(f * amax, kInt8Narrow));
        result.push_back(symmetricQuantizer(f * amax, {-8, 7}));
        for (const double g : {1.0, 0.4}) {
            result.push_back(affineQuantizer(g * min, f * max));
            result.push_back(affineQuantizer(f * min, g * max, kUint8));
            result.push_back(freeAffineQuantizer(max - f * (max - min), max));
            result.push_back(freeAffineQuantizer(min, min + f * g * (max - min)));
        }
    }
    return result;
}

double gainDb(double meanSquare, double mse) {
    return 10 * std::log10(meanSquare / mse);
}

/// What a scale rounded to float32 changes of an error, the oracle's being float64: each value's
/// error by at most amax 2^-24.
double scaleRounding(double mse, double amax) {
    const double change = amax * 0x1p-24;
    return 2 * std::sqrt(mse) * change + change * change;
}

TEST(EvaluateSamples, EqualsTheSymmetricOracle) {
    const nlohmann::json cases = oracle::histogramJson("expected_bruteforce_symmetric.json");
    for (const auto& [name, entry] : cases.items()) {
        const std::vector<float> values = oracle::samples(name);
        const double meanSquare = entry.at("mean_square");
        const double amax = entry.at("amax");
        for (const auto& row : entry.at("rows"))
            for (const auto& [key, codes] : {std::pair{"n127", kInt8Narrow}, {"n128", kInt8}}) {
                const QuantizationError error =
                    evaluateSamples(values, symmetricQuantizer(row.at("T"), codes));
                const double mse = row.at(key).at("mse");
                EXPECT_NEAR(error.totalMse(), mse, 1e-4 * mse + scaleRounding(mse, amax))
                    << name << " " << key << " " << row.at("k");
                EXPECT_NEAR(error.meanSquare, meanSquare, 1e-9 * meanSquare) << name;
                if (mse > 1e-9 * meanSquare) {
                    EXPECT_NEAR(error.sqnrDb(), gainDb(meanSquare, mse), 1e-3) << name;
                }
            }
    }
}

TEST(EvaluateSamples, EqualsTheAffineOracle) {
    const nlohmann::json cases = oracle::histogramJson("expected_bruteforce_affine.json");
    for (const auto& [name, entry] : cases.items()) {
        const std::vector<float> values = oracle::samples(name);
        const double amax = amaxOf(values);
        for (const auto& row : entry.at("rows")) {
            if (row.contains("degenerate"))
                continue;
            const Quantizer q = affineQuantizer(row.at("lo_requested"), row.at("hi_requested"),
                                                row.at("type") == "uint8" ? kUint8 : kInt8);
            const double mse = row.at("mse_float32_division");
            EXPECT_NEAR(evaluateSamples(values, q).totalMse(), mse,
                        1e-4 * mse + scaleRounding(mse, amax))
                << name << row;
        }
    }
}

TEST(EvaluateSamples, SplitsAtTheRepresentableBounds) {
    for (const std::string& name : oracle::sampleNames()) {
        const std::vector<float> values = oracle::samples(name);
        const auto [min, max] = std::minmax_element(values.begin(), values.end());
        for (const Quantizer& q :
             quantizersFor(static_cast<double>(*min), static_cast<double>(*max))) {
            const ErrorParts expected = partsByDefinition(values, q);
            const QuantizationError found = evaluateSamples(values, q);
            EXPECT_NEAR(found.clipMse, expected.clipMse, 1e-9 * expected.total()) << name;
            EXPECT_NEAR(found.roundMse, expected.roundMse, 1e-9 * expected.total()) << name;
        }
    }
}

TEST(EvaluateSamples, LeavesOutWhatIsNotFinite) {
    const float infinity = std::numeric_limits<float>::infinity();
    const QuantizationError error = evaluateSamples(
        std::vector<float>{3, std::nanf(""), infinity, -infinity}, symmetricQuantizer(127));
    EXPECT_EQ(error.totalMse(), 0.0);
    EXPECT_EQ(error.codesUsed, 1);
    EXPECT_EQ(error.meanSquare, 9.0);
    EXPECT_EQ(error.sqnrDb(), infinity);
    EXPECT_EQ(evaluateSamples({}, symmetricQuantizer(1)).codesUsed, 0);
    EXPECT_TRUE(std::isnan(QuantizationError().sqnrDb()));
}

// Every value moves by less than its bin's width: the rms error by at most the rms of that.
TEST(Evaluate, StaysWithinTheBoundOfTheBinWidths) {
    for (const std::string& name : oracle::sampleNames()) {
        const std::vector<float> values = oracle::samples(name);
        const Density density = densityOf(values);
        double bound = 0;
        for (const Density::Piece& piece : density.pieces())
            bound += piece.count * (piece.hi - piece.lo) * (piece.hi - piece.lo);
        bound = std::sqrt(bound / (3 * density.total()));
        for (const Quantizer& q : quantizersFor(density.min(), density.max())) {
            const double found = std::sqrt(evaluate(density, q).totalMse());
            const double expected = std::sqrt(evaluateSamples(values, q).totalMse());
            EXPECT_NEAR(found, expected, bound + 1e-6 * expected) << name << " scale " << q.scale;
        }
    }
}

TEST(Evaluate, IsCloseToTheSamplesOfContinuousDistributions) {
    for (const std::string name : {"gaussian", "relu_half_gaussian", "gelu", "leaky_relu",
                                   "student_t", "wide_range", "tiny_amax", "shifted_positive"}) {
        const std::vector<float> values = oracle::samples(name);
        const Density density = densityOf(values);
        for (int k = 20; k >= 1; --k) {
            const double f = k / 20.0;
            const Quantizer symmetric = symmetricQuantizer(f * density.amax());
            const Quantizer affine = affineQuantizer(f * density.min(), f * density.max());
            const double a = evaluateSamples(values, symmetric).totalMse();
            const double b = evaluateSamples(values, affine).totalMse();
            EXPECT_NEAR(evaluate(density, symmetric).totalMse(), a, 5e-4 * a) << name << " " << f;
            EXPECT_NEAR(evaluate(density, affine).totalMse(), b, 5e-4 * b) << name << " " << f;
        }
    }
}

/// What the piece holds that a bound cuts: so many values may be on either side of it.
double countAt(const Density& density, double bound) {
    for (const Density::Piece& piece : density.pieces())
        if (piece.lo <= bound && bound <= piece.hi)
            return piece.count + 1e-6 * density.total();
    return 1e-6 * density.total();
}

TEST(Evaluate, SplitsAndCountsAsTheSamplesDo) {
    for (const std::string name : {"gaussian", "gelu", "shifted_positive", "wide_range"}) {
        const std::vector<float> values = oracle::samples(name);
        const Density density = densityOf(values);
        for (const Quantizer& q : quantizersFor(density.min(), density.max())) {
            const QuantizationError found = evaluate(density, q);
            const QuantizationError expected = evaluateSamples(values, q);
            const double total = expected.totalMse();
            EXPECT_NEAR(found.clipMse, expected.clipMse, 1e-3 * total) << name;
            EXPECT_NEAR(found.roundMse, expected.roundMse, 1e-3 * total) << name;
            EXPECT_NEAR(found.clippedLow, expected.clippedLow, countAt(density, q.lowest()))
                << name;
            EXPECT_NEAR(found.clippedHigh, expected.clippedHigh, countAt(density, q.highest()))
                << name;
            EXPECT_EQ(found.codesUsed, expected.codesUsed) << name;
            EXPECT_NEAR(found.meanSquare, expected.meanSquare, 1e-5 * expected.meanSquare) << name;
        }
    }
}

/// A piece integrated by its midpoints.
double integrated(const Density::Piece& piece, const Quantizer& q) {
    constexpr int kPoints = 1 << 20;
    double sum = 0;
    for (int i = 0; i < kPoints; ++i) {
        const double x = piece.lo + (piece.hi - piece.lo) * (i + 0.5) / kPoints;
        const double steps = std::nearbyint((x - q.shift) / q.step()) + q.zeroPoint;
        const double code = std::min<double>(std::max<double>(steps, q.codes.min), q.codes.max);
        const double error = x - (q.step() * (code - q.zeroPoint) + q.shift);
        sum += error * error;
    }
    return piece.count * sum / kPoints;
}

TEST(Evaluate, IntegratesPiecesWiderAndNarrowerThanAStep) {
    const std::vector<Density::Piece> pieces{
        {-300, -140, 5}, {-140, -139.7, 1}, {-2.2, 7.9, 11}, {7.9, 8.3, 2}, {100, 200, 3}};
    const std::vector<Quantizer> quantizers{symmetricQuantizer(127), symmetricQuantizer(63.5),
                                            affineQuantizer(-100, 155), freeAffineQuantizer(3, 40),
                                            freeAffineQuantizer(-200, -150)};
    for (const Quantizer& q : quantizers) {
        double expected = 0;
        for (const Density::Piece& piece : pieces)
            expected += integrated(piece, q);
        expected /= 22;
        const Density density(pieces);
        EXPECT_NEAR(evaluate(density, q).totalMse(), expected, 1e-6 * expected);
        EXPECT_NEAR(evaluateFast(density, q).total(), expected, 1e-6 * expected);
    }
}

TEST(Evaluate, TakesPointMassesExactly) {
    const std::vector<float> values = oracle::samples("image_u8");
    std::vector<Density::Piece> points;
    for (int v = 0; v < 256; ++v)
        points.push_back({static_cast<double>(v), static_cast<double>(v),
                          static_cast<double>(std::count(values.begin(), values.end(), v))});
    const Density density(points);
    for (const Quantizer& q : quantizersFor(0, 255)) {
        const QuantizationError expected = evaluateSamples(values, q);
        const QuantizationError found = evaluate(density, q);
        EXPECT_NEAR(found.clipMse, expected.clipMse, 1e-9 * expected.clipMse);
        EXPECT_NEAR(found.roundMse, expected.roundMse, 1e-9 * expected.roundMse + 1e-20);
        EXPECT_EQ(found.clippedHigh, expected.clippedHigh);
        EXPECT_EQ(found.codesUsed, expected.codesUsed);
    }
}

TEST(EvaluateFast, EqualsTheClosedForm) {
    for (const std::string& name : oracle::sampleNames()) {
        const Density density = densityOf(oracle::samples(name));
        for (const Quantizer& q : quantizersFor(density.min(), density.max())) {
            const QuantizationError expected = evaluate(density, q);
            const ErrorParts found = evaluateFast(density, q);
            const double total = expected.totalMse();
            EXPECT_NEAR(found.clipMse, expected.clipMse, 1e-6 * total) << name;
            EXPECT_NEAR(found.roundMse, expected.roundMse, 1e-6 * total) << name;
        }
    }
    EXPECT_EQ(evaluateFast(Density(), symmetricQuantizer(1)).total(), 0.0);
    EXPECT_EQ(evaluate(Density(), symmetricQuantizer(1)).codesUsed, 0);
}

// Among 64 thresholds, one whose error the brute force over the samples found least, within 0.1 %.
TEST(EvaluateFast, FindsTheBestThresholdOfTheOracle) {
    const nlohmann::json cases = oracle::histogramJson("expected_bruteforce_symmetric.json");
    for (const std::string& name : oracle::sampleNames()) {
        const Density density = densityOf(oracle::samples(name));
        size_t best = 0;
        double least = std::numeric_limits<double>::infinity();
        for (size_t k = 1; k <= 64; ++k) {
            const Quantizer q = symmetricQuantizer(density.amax() * static_cast<double>(k) / 64);
            if (const double error = evaluateFast(density, q).total(); error < least) {
                least = error;
                best = k;
            }
        }
        const nlohmann::json& entry = cases.at(name);
        const auto mse = [&](size_t k) {
            return entry.at("rows").at(k - 1).at("n128").at("mse").get<double>();
        };
        EXPECT_LE(mse(best), 1.001 * mse(entry.at("best_k_n128"))) << name;
    }
}

TEST(CodesUsed, OfAReluUnderASymmetricScaleAre128) {
    const std::vector<float> relu{0, 0.5f, 1, 2};
    const QuantizationError error = evaluateSamples(relu, symmetricQuantizer(2));
    EXPECT_EQ(error.codesUsed, 128);
    EXPECT_EQ(error.bitsLost, 1.0);
    EXPECT_EQ(evaluate(densityOf(relu), symmetricQuantizer(2)).codesUsed, 128);
    EXPECT_EQ(evaluateSamples(relu, affineQuantizer(0, 2)).bitsLost, 0.0);
}

// Values in [4, 6]: symmetric, codes rint(4 / s) = 85 to 127; affine with 0 inside, 170 to 255;
// free affine, all.
TEST(CodesUsed, OfAShiftedDistribution) {
    std::vector<float> values;
    for (int i = 0; i <= 2000; ++i)
        values.push_back(4 + 0.001f * static_cast<float>(i));
    const Density density = densityOf(values);
    EXPECT_EQ(evaluate(density, symmetricQuantizer(6)).codesUsed, 127 - 85 + 1);
    EXPECT_EQ(evaluate(density, affineQuantizer(4, 6)).codesUsed, 255 - 170 + 1);
    const QuantizationError free = evaluate(density, freeAffineQuantizer(4, 6));
    EXPECT_EQ(free.codesUsed, 256);
    EXPECT_EQ(free.bitsLost, 0.0);
    // Evenly spread values have an error of step^2 / 12.
    const double step = 2.0 / 255;
    EXPECT_NEAR(free.roundMse, step * step / 12, 0.01 * step * step / 12);
    EXPECT_NEAR(evaluate(density, symmetricQuantizer(6)).roundMse, 36.0 / (127 * 127 * 12),
                0.03 * 36.0 / (127 * 127 * 12));
}

TEST(ClipPercent, CountsWhatLiesBeyondABound) {
    // Bounds -128 and 127; 2^-22 of 127 is 3.03e-5: 127.00002 is inside, 127.0001 beyond.
    const std::vector<float> values{-129, -128, 0, 1, 127, 127.00002f, 127.0001f, 200};
    const QuantizationError error = evaluateSamples(values, symmetricQuantizer(127));
    EXPECT_EQ(error.clippedLow, 1.0);
    EXPECT_EQ(error.clippedHigh, 2.0);
    EXPECT_EQ(error.clipPercent, 37.5);
    // The rounding of s to float32 is not clipping.
    for (const float amax : {0.1f, 3.7f, 1e-6f, 4999.9468f}) {
        const std::vector<float> ends{-amax, amax};
        const Quantizer q = symmetricQuantizer(static_cast<double>(amax), kInt8Narrow);
        EXPECT_EQ(evaluateSamples(ends, q).clipPercent, 0.0) << amax;
        EXPECT_EQ(evaluate(densityOf(ends), q).clipPercent, 0.0) << amax;
    }
}

}  // namespace
}  // namespace clipscope::quantization
