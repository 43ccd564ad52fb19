// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/plot_view.h"

#include <gtest/gtest.h>

namespace clipscope::session {
namespace {

using quantization::Density;

Density over(double lo, double hi) {
    return Density(std::vector<Density::Piece>{{lo, hi, 100}});
}

TEST(PlotView, FullHoldsAllValuesAndZero) {
    const PlotView view = fullView(over(2, 10), false);
    EXPECT_LT(view.lo, 0);
    EXPECT_GT(view.hi, 10);
    EXPECT_LT(view.width(), 12);
    EXPECT_EQ(fullView(over(-8, 4), true).lo, 0);
    EXPECT_GT(fullView(over(-8, 4), true).hi, 8);
    EXPECT_GT(fullView(Density(), false).width(), 0);
}

TEST(PlotView, FocusLeavesLongTailsOut) {
    const Setting shown = symmetricSetting(4, "entropy");
    const PlotView view = focusedView(over(-100, 100), shown, shown, false);
    EXPECT_GT(view.hi, 5);
    EXPECT_LT(view.hi, 10);
    EXPECT_LT(view.lo, -5);
    EXPECT_GT(view.lo, -10);
}

TEST(PlotView, FocusHoldsTheOriginalAndRangesBeyondTheValues) {
    const Density density = over(-3, 3);
    const PlotView view =
        focusedView(density, symmetricSetting(1, "m"), symmetricSetting(2.9, "e"), false);
    EXPECT_GT(view.hi, 2.9);
    EXPECT_LT(view.hi, 3.2);
    EXPECT_GT(focusedView(density, symmetricSetting(9, "m"), symmetricSetting(1, "e"), false).hi,
              9);
}

TEST(PlotView, FocusDoesNotWasteHalfOfItOnAMirroredEnd) {
    const Setting shown = symmetricSetting(4, "entropy");
    const PlotView positive = focusedView(over(0, 6), shown, shown, false);
    EXPECT_LT(positive.lo, 0);
    EXPECT_GT(positive.lo, -1);
    const PlotView negative = focusedView(over(-6, 0), shown, shown, false);
    EXPECT_LT(negative.lo, -5);
    EXPECT_GT(negative.hi, 0);
    EXPECT_LT(negative.hi, 1);
    const Setting affine = affineSetting(-1, 4, "mse");
    EXPECT_LT(focusedView(over(-1, 6), affine, affine, false).lo, -1);
    EXPECT_EQ(focusedView(over(-6, 6), shown, shown, true).lo, 0);
    // Nor on that of the symmetric original beside an affine range.
    const PlotView beside = focusedView(over(-1, 6), affine, shown, false);
    EXPECT_LT(beside.lo, -1);
    EXPECT_GT(beside.lo, -2);
}

TEST(PlotView, ZoomKeepsThePointUnderTheCursor) {
    const Density density = over(-10, 10);
    const PlotView view = zoomed({-10, 10}, 0.5, 5, density);
    EXPECT_DOUBLE_EQ(view.width(), 10);
    EXPECT_DOUBLE_EQ((5 - view.lo) / view.width(), 0.75);
    EXPECT_LE(zoomed(view, 1e6, 5, density).width(), 40);
    EXPECT_GT(zoomed(view, 1e-12, 5, density).width(), 0);
}

}  // namespace
}  // namespace clipscope::session
