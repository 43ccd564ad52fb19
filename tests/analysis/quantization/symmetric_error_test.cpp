// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/symmetric_error.h"

#include <vector>

#include <gtest/gtest.h>

#include "analysis/quantization/error.h"
#include "tests/analysis/threshold/cases.h"

namespace clipscope::quantization {
namespace {

using threshold::oracleAmax;
using threshold::statisticsOf;

void expectTheErrorOf(const Density& density, double threshold) {
    const double expected = evaluate(density, symmetricQuantizer(threshold)).totalMse();
    const double meanSquare = density.squares() / density.total();
    EXPECT_NEAR(SymmetricError(density).at(threshold), expected,
                1e-9 * expected + 1e-13 * meanSquare)
        << "T = " << threshold;
}

TEST(SymmetricError, isTheErrorIntegratedPieceByPiece) {
    for (const std::string& name : oracle::sampleNames()) {
        SCOPED_TRACE(name);
        const auto statistics = statisticsOf(oracle::samples(name));
        const Density density(statistics.histogram);
        for (const double part : {1.01, 1.0, 0.999, 0.7, 0.31, 0.05, 1e-3, 1e-5})
            expectTheErrorOf(density, part * oracleAmax(name));
    }
}

TEST(SymmetricError, dividesAPieceAtZeroAndCountsPointMasses) {
    const Density density({{-300, -300, 5}, {-2, 6, 80}, {7, 7, 10}, {9, 200, 40}});
    for (const double threshold : {1.0, 6.5, 7.0, 100.0, 127.0, 200.0, 300.0})
        expectTheErrorOf(density, threshold);
}

TEST(SymmetricError, countsTheCodeThatOnlyNegativeValuesHave) {
    // s = 1: -128 has a code of its own, 128 clips to 127, 0.25 rounds to 0.
    const SymmetricError error(Density({{-128, -128, 1}, {0.25, 0.25, 1}, {128, 128, 2}}));
    EXPECT_NEAR(error.at(127), (0 + 0.0625 + 2) / 4, 1e-10);
}

}  // namespace
}  // namespace clipscope::quantization
