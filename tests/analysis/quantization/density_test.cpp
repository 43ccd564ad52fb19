// SPDX-License-Identifier: Apache-2.0
#include "analysis/quantization/density.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/npy_oracle.h"

namespace clipscope::quantization {
namespace {

histogram::Histogram histogramOf(std::span<const float> values) {
    histogram::Histogram histogram;
    histogram.add(values);
    return histogram;
}

/// below() by its definition: every piece in turn, in long double.
Density::Moments belowByDefinition(const Density& density, double at) {
    long double count = 0;
    long double sum = 0;
    long double squares = 0;
    for (const Density::Piece& piece : density.pieces()) {
        if (piece.lo >= at)
            continue;
        const long double a = piece.lo;
        const long double b = std::min(piece.hi, at);
        const long double n = piece.hi <= at ? static_cast<long double>(piece.count)
                                             : piece.count * ((b - a) / (piece.hi - a));
        count += n;
        sum += n * (a + b) / 2;
        squares += n * (a * a + a * b + b * b) / 3;
    }
    return {static_cast<double>(count), static_cast<double>(sum), static_cast<double>(squares)};
}

TEST(Density, TrimsBinsAtMinAndMaxAndKeepsZerosAPoint) {
    histogram::Histogram histogram;
    histogram.add(std::vector<float>{-3.0005f, 0, 0, 1, 2.0002f, 2.0004f});
    const Density density(histogram);
    const auto pieces = density.pieces();
    ASSERT_EQ(pieces.size(), 4u);
    EXPECT_EQ(pieces[0].lo, static_cast<double>(-3.0005f));
    EXPECT_EQ(pieces[0].hi, -3.0);
    EXPECT_EQ(pieces[1].lo, 0.0);
    EXPECT_EQ(pieces[1].hi, 0.0);
    EXPECT_EQ(pieces[1].count, 2.0);
    EXPECT_EQ(pieces[2].lo, 1.0);
    EXPECT_EQ(pieces[2].hi, 1 + 0x1p-11);
    EXPECT_EQ(pieces[3].lo, 2.0);
    EXPECT_EQ(pieces[3].hi, static_cast<double>(2.0004f));
    EXPECT_EQ(pieces[3].count, 2.0);
    EXPECT_EQ(density.total(), 6.0);
    EXPECT_EQ(density.amax(), static_cast<double>(3.0005f));
}

TEST(Density, IsAPointWhereMinIsMax) {
    histogram::Histogram histogram;
    histogram.add(-1.7f, 12);
    const Density density(histogram);
    ASSERT_EQ(density.pieces().size(), 1u);
    EXPECT_EQ(density.min(), density.max());
    EXPECT_EQ(density.below(density.min()).count, 0.0);
    EXPECT_EQ(density.below(density.min() + 1e-9).count, 12.0);
    EXPECT_TRUE(Density(histogram::Histogram()).isEmpty());
    EXPECT_EQ(Density().below(1).count, 0.0);
}

TEST(Density, TakesGivenBinsAsNonNegativeAndUniform) {
    const Density density(histogram::EqualBins{0, 8, {2, 0, 4, 6}});
    EXPECT_EQ(density.total(), 12.0);
    EXPECT_EQ(density.below(1).count, 1.0);
    EXPECT_EQ(density.below(5).count, 4.0);
    EXPECT_EQ(density.sum(), 2.0 * 1 + 4.0 * 5 + 6.0 * 7);
    EXPECT_DOUBLE_EQ(density.squares(),
                     2 * (8.0 / 6) + 4 * (216.0 - 64) / 6 + 6 * (512.0 - 216) / 6);
}

TEST(Density, FindsTheMomentsBelowAnyPoint) {
    for (const std::string& name : oracle::sampleNames()) {
        const Density density(histogramOf(oracle::samples(name)));
        const double amax = density.amax();
        std::vector<double> points{-2 * amax,     -amax,        0, amax * 0x1p-20, amax, 2 * amax,
                                   density.min(), density.max()};
        for (int i = -40; i <= 40; ++i)
            points.push_back(amax * i / 39.7);
        for (size_t i = 0; i < density.pieces().size(); i += 97)
            points.push_back(density.pieces()[i].lo);
        for (const double x : points) {
            const Density::Moments expected = belowByDefinition(density, x);
            const Density::Moments found = density.below(x);
            ASSERT_NEAR(found.count, expected.count, 1e-9 * density.total()) << name << " " << x;
            ASSERT_NEAR(found.sum, expected.sum, 1e-12 * density.total() * amax) << name << x;
            ASSERT_NEAR(found.squares, expected.squares, 1e-12 * density.total() * amax * amax)
                << name << " " << x;
        }
    }
}

TEST(Density, FoldsBothSigns) {
    // [-4, -2) holds 4, [-1, 1) 6 and two zeros, [3, 5) 2, and -4 itself 1.
    const Density folded =
        Density({{-4, -4, 1}, {-4, -2, 4}, {-1, 0, 2}, {0, 0, 2}, {0, 1, 4}, {3, 5, 2}}).folded();
    const std::vector<std::array<double, 3>> expected{{0, 0, 2}, {0, 1, 6}, {2, 3, 2},
                                                      {3, 4, 3}, {4, 4, 1}, {4, 5, 1}};
    ASSERT_EQ(folded.pieces().size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(folded.pieces()[i].lo, expected[i][0]) << i;
        EXPECT_EQ(folded.pieces()[i].hi, expected[i][1]) << i;
        EXPECT_EQ(folded.pieces()[i].count, expected[i][2]) << i;
    }
    const Density straddling = Density({{-1, 3, 8}}).folded();
    EXPECT_EQ(straddling.below(1).count, 4.0);
    EXPECT_EQ(straddling.below(3).count, 8.0);
}

TEST(Density, FoldingKeepsWhatLiesBelowEachMagnitude) {
    for (const std::string& name : oracle::sampleNames()) {
        const Density density(histogramOf(oracle::samples(name)));
        const Density folded = density.folded();
        EXPECT_NEAR(folded.squares(), density.squares(), 1e-9 * density.squares()) << name;
        EXPECT_EQ(folded.amax(), density.amax()) << name;
        for (size_t i = 1; i < folded.pieces().size(); ++i)
            ASSERT_GE(folded.pieces()[i].lo, folded.pieces()[i - 1].hi) << name;
        for (int i = 1; i < 40; ++i) {
            // No point mass lies at these thresholds, so < and <= agree.
            const double t = density.amax() * i / 39.7;
            ASSERT_NEAR(folded.below(t).count, density.below(t).count - density.below(-t).count,
                        1e-9 * density.total())
                << name << " " << t;
        }
    }
}

}  // namespace
}  // namespace clipscope::quantization
