// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/range_edit.h"

#include <cmath>

#include <gtest/gtest.h>

namespace clipscope::session {
namespace {

using quantization::Density;

TEST(RangeEdit, TheLowEndOfASymmetricRangeStandsAtItsLowestCode) {
    const Setting setting = symmetricSetting(127.0, "entropy");
    EXPECT_DOUBLE_EQ(rangeEnd(setting, RangeEnd::High), 127);
    EXPECT_DOUBLE_EQ(rangeEnd(setting, RangeEnd::Low), -128);
    const Setting moved = movedTo(setting, RangeEnd::Low, -64, 0.01);
    EXPECT_NEAR(moved.hi, 63.5, 1e-12);
    EXPECT_NEAR(moved.lo, -63.5, 1e-12);
    EXPECT_EQ(moved.scale, 0.5f);
    EXPECT_EQ(moved.method, "manual");
    EXPECT_EQ(movedTo(setting, RangeEnd::High, 63.5, 0.01, "mse").method, "mse");
}

TEST(RangeEdit, ThresholdsStayPositive) {
    const Setting setting = symmetricSetting(2.0, "entropy");
    EXPECT_DOUBLE_EQ(movedTo(setting, RangeEnd::High, -3, 0.25).hi, 0.25);
    EXPECT_DOUBLE_EQ(movedTo(setting, RangeEnd::Low, 3, 0.25).hi, 0.25);
    EXPECT_GT(movedTo(setting, RangeEnd::High, -3, 0).scale, 0.0f);
    EXPECT_TRUE(std::isfinite(movedTo(setting, RangeEnd::High, 1e300, 0.25).scale));
}

TEST(RangeEdit, AnAffineRangeKeepsZeroInside) {
    const Setting setting = affineSetting(-1, 3, "minmax");
    const Setting low = movedTo(setting, RangeEnd::Low, 0.7, 0.25);
    EXPECT_EQ(low.lo, 0.0);
    EXPECT_EQ(low.hi, 3.0);
    const Setting high = movedTo(setting, RangeEnd::High, -0.7, 0.25);
    EXPECT_EQ(high.lo, -1.0);
    EXPECT_EQ(high.hi, 0.0);
    EXPECT_TRUE(high.isAffine);
}

TEST(RangeEdit, AnAffineRangeNeverCloses) {
    const Setting low = movedTo(affineSetting(-1, 0, "minmax"), RangeEnd::Low, 0.5, 0.25);
    EXPECT_EQ(low.lo, -0.25);
    EXPECT_EQ(low.hi, 0.0);
    const Setting high = movedTo(affineSetting(0, 1, "minmax"), RangeEnd::High, -0.5, 0.25);
    EXPECT_EQ(high.lo, 0.0);
    EXPECT_EQ(high.hi, 0.25);
}

TEST(RangeEdit, NudgesGoToTheRightByBins) {
    const Setting symmetric = symmetricSetting(2.0, "entropy");
    EXPECT_DOUBLE_EQ(nudged(symmetric, RangeEnd::High, 3, 0.125).hi, 2.375);
    EXPECT_DOUBLE_EQ(nudged(symmetric, RangeEnd::High, -1, 0.125).hi, 1.875);
    EXPECT_LT(nudged(symmetric, RangeEnd::Low, 1, 0.125).hi, 2.0);
    const Setting affine = affineSetting(-1, 3, "minmax");
    EXPECT_DOUBLE_EQ(nudged(affine, RangeEnd::Low, -2, 0.125).lo, -1.25);
    EXPECT_DOUBLE_EQ(nudged(affine, RangeEnd::High, -2, 0.125).hi, 2.75);
}

TEST(RangeEdit, TurnsSymmetricIntoAffineAsFarAsThereAreValues) {
    const Density density(std::vector<Density::Piece>{{-0.5, 0, 10}, {0, 9, 10}});
    const Setting affine = asAffine(symmetricSetting(4, "entropy"), density);
    EXPECT_TRUE(affine.isAffine);
    EXPECT_EQ(affine.lo, -0.5);
    EXPECT_EQ(affine.hi, 4.0);
    EXPECT_EQ(asAffine(affine, density), affine);
    const Density shifted(std::vector<Density::Piece>{{5, 9, 10}});
    EXPECT_EQ(asAffine(symmetricSetting(4, "entropy"), shifted).lo, 0.0);
    EXPECT_EQ(asAffine(symmetricSetting(4, "entropy"), shifted).hi, 4.0);
}

TEST(RangeEdit, TurnsAffineIntoTheLeastSymmetricThatHoldsIt) {
    EXPECT_EQ(asSymmetric(affineSetting(-1, 3, "mse")).hi, 3.0);
    const Setting symmetric = asSymmetric(affineSetting(-128, 3, "mse"));
    EXPECT_FALSE(symmetric.isAffine);
    EXPECT_DOUBLE_EQ(symmetric.hi, 127.0);
    EXPECT_EQ(asSymmetric(symmetric), symmetric);
}

}  // namespace
}  // namespace clipscope::session
