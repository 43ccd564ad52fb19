// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/affine_error.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/quantization/error.h"
#include "tests/analysis/threshold/cases.h"

namespace clipscope::quantization {
namespace {

using threshold::oracleAmax;
using threshold::statisticsOf;

void expectSame(double found, const Density& density, const Quantizer& quantizer) {
    const double expected = evaluate(density, quantizer).totalMse();
    const double meanSquare = density.squares() / density.total();
    EXPECT_NEAR(found, expected, 1e-9 * expected + 1e-13 * meanSquare)
        << "scale " << quantizer.scale << ", zero point " << quantizer.zeroPoint;
}

void expectTheErrorOf(const Density& density, double threshold) {
    for (const CodeRange codes : {kInt8, kInt8Narrow})
        expectSame(AffineError(density).at(threshold, codes), density,
                   symmetricQuantizer(threshold, codes));
}

void expectTheErrorOf(const Density& density, double lo, double hi) {
    const Quantizer quantizer = affineQuantizer(lo, hi);
    expectSame(AffineError(density).at(quantizer), density, quantizer);
}

/// Point masses at `first`, `first + step` and so on before the pieces: with them there are too
/// many to be integrated one by one instead of looked up.
Density withMany(double first, double step, std::vector<Density::Piece> pieces) {
    constexpr int kMany = 127;
    std::vector<Density::Piece> all;
    for (int i = 0; i < kMany; ++i)
        all.push_back({first + i * step, first + i * step, 1});
    all.insert(all.end(), pieces.begin(), pieces.end());
    return Density(all);
}

TEST(AffineError, isTheErrorIntegratedPieceByPiece) {
    for (const std::string& name : oracle::sampleNames()) {
        SCOPED_TRACE(name);
        const auto statistics = statisticsOf(oracle::samples(name));
        const Density density(statistics.histogram);
        for (const double part : {1.01, 1.0, 0.999, 0.7, 0.31, 0.05, 1e-3, 1e-5})
            expectTheErrorOf(density, part * oracleAmax(name));
    }
}

TEST(AffineError, isThatOfAnyZeroPoint) {
    for (const std::string& name : oracle::sampleNames()) {
        SCOPED_TRACE(name);
        const auto statistics = statisticsOf(oracle::samples(name));
        const Density density(statistics.histogram);
        const double lo = std::min(density.min(), 0.0);
        const double hi = std::max(density.max(), 0.0);
        for (const double part : {1.1, 1.0, 0.5, 0.01}) {
            expectTheErrorOf(density, lo, part * hi);
            expectTheErrorOf(density, part * lo, hi);
            expectTheErrorOf(density, part * lo, 0.9 * part * hi + 1e-3);
        }
    }
}

// No point half a step from two codes: evaluate() divides those in float32 as QuantizeLinear does.
TEST(AffineError, dividesAPieceAtZeroAndCountsPointMasses) {
    const Density density =
        withMany(-299.7, 2.1, {{-4, -4, 5}, {-2, 6, 80}, {7, 7, 10}, {9, 200, 40}});
    for (const double threshold : {1.0, 6.5, 7.0, 100.0, 127.0, 200.0, 300.0})
        expectTheErrorOf(density, threshold);
    for (const double lo : {-400.0, -300.0, -2.0, 0.0})
        for (const double hi : {0.0, 7.0, 9.0, 250.0})
            if (lo < hi)
                expectTheErrorOf(density, lo, hi);
}

TEST(AffineError, countsPointMassesOnABoundaryOnce) {
    // s = 1: 2.5 costs 0.25 on either side, as do the two that touch it and the gap between.
    const Density density =
        withMany(-127, 1, {{1, 1, 2}, {2.5, 2.5, 3}, {2.5, 3.5, 4}, {3.5, 3.5, 1}, {5, 5, 1}});
    EXPECT_NEAR(AffineError(density).at(127), (3 * 0.25 + 4 / 12.0 + 0.25) / (127 + 11), 1e-12);
}

TEST(AffineError, countsTheCodeThatOnlyNegativeValuesHave) {
    // s = 1: -128 has a code of its own, 128 clips to 127, 0.25 rounds to 0.
    const AffineError error(withMany(-128, 1, {{0.25, 0.25, 1}, {128, 128, 2}}));
    EXPECT_NEAR(error.at(127), (0.0625 + 2) / (127 + 3), 1e-10);
}

}  // namespace
}  // namespace clipscope::quantization
