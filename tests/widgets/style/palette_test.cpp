// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/palette.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/widgets/style/color_vision.h"

namespace clipscope::widgets {
namespace {

struct Named {
    const char* name;
    QColor Palette::*color;
};

/// What text is written in; hints (faint) apart.
const std::vector<Named> kTexts = {
    {"text", &Palette::text},
    {"muted", &Palette::muted},
    {"threshold", &Palette::threshold},
    {"original", &Palette::original},
    {"clipping", &Palette::clipping},
    {"rounding", &Palette::rounding},
    {"total", &Palette::total},
    {"divergence", &Palette::divergence},
    {"percentile", &Palette::percentile},
    {"minmax", &Palette::minmax},
    {"legacy", &Palette::legacy},
    {"good", &Palette::good},
    {"warning", &Palette::warning},
    {"error", &Palette::error},
    {"accent", &Palette::accent},
};

const std::vector<Named> kSeries = {
    {"threshold", &Palette::threshold},   {"clipping", &Palette::clipping},
    {"rounding", &Palette::rounding},     {"total", &Palette::total},
    {"divergence", &Palette::divergence}, {"percentile", &Palette::percentile},
};

struct Vision {
    const char* name;
    Matrix matrix;
};
const std::vector<Vision> kVisions = {
    {"normal", kNormal}, {"protan", kProtan}, {"deutan", kDeutan}, {"tritan", kTritan}};

/// The least distance between any two of the colours, seen so; says which two where it is below.
void expectApart(const Palette& palette, const std::vector<Named>& colors, double bound) {
    for (const Vision& vision : kVisions) {
        for (size_t a = 0; a < colors.size(); ++a) {
            for (size_t b = a + 1; b < colors.size(); ++b) {
                const double apart = distance(labOf(palette.*colors[a].color, vision.matrix),
                                              labOf(palette.*colors[b].color, vision.matrix));
                EXPECT_GE(apart, bound) << colors[a].name << " and " << colors[b].name << ", "
                                        << vision.name << (palette.isDark ? ", dark" : ", light");
            }
        }
    }
}

TEST(ColorVision, ItsFormulasGiveThePublishedValues) {
    // W3C: #767676 is the lightest grey that passes 4.5:1 on white.
    EXPECT_NEAR(contrast(QColor("#767676"), Qt::white), 4.54, 0.005);
    EXPECT_NEAR(contrast(Qt::black, Qt::white), 21, 1e-9);
    // Bruce Lindbloom's calculator: sRGB red, D65.
    const Triple red = labOf(QColor("#ff0000"));
    EXPECT_NEAR(red[0], 53.24, 0.01);
    EXPECT_NEAR(red[1], 80.09, 0.01);
    EXPECT_NEAR(red[2], 67.20, 0.01);
    // No vision tints a grey.
    for (const Vision& vision : kVisions)
        EXPECT_NEAR(distance(labOf(QColor("#777777"), vision.matrix), labOf(QColor("#777777"))), 0,
                    0.01)
            << vision.name;
    // Red beside a green of the like luminance: far apart, but not for who lacks M cones.
    const QColor one("#c05050");
    const QColor other("#7a7a3a");
    EXPECT_GT(distance(labOf(one), labOf(other)), 40);
    EXPECT_LT(distance(labOf(one, kDeutan), labOf(other, kDeutan)), 15);
}

TEST(Palette, EveryTextColourReadsOnBaseAndOnWindow) {
    for (const Palette* palette : {&lightPalette(), &darkPalette()}) {
        for (const Named& text : kTexts) {
            for (const QColor& ground : {palette->base, palette->alternate, palette->window})
                EXPECT_GE(contrast(palette->*text.color, ground), 4.5)
                    << text.name << " on " << ground.name().toStdString();
        }
        // A selected row and a note are read in the text colour.
        EXPECT_GE(contrast(palette->text, palette->selection), 4.5);
        EXPECT_GE(contrast(palette->text, palette->note), 4.5);
        // WCAG 2.1, 1.4.11: what marks the focus and hints, 3:1.
        EXPECT_GE(contrast(palette->accent, palette->window), 3);
        EXPECT_GE(contrast(palette->faint, palette->base), 3);
    }
}

// A difference of 2.3 in CIE76 is just noticeable (Mahy, Van Eycken and Oosterlinck, Color
// Research & Application 19, 1994). Each series has a second sign (dash, shape, label) that tells
// it apart without its hue, so the hue need only be seen to differ where two lie side by side:
constexpr double kSideBySide = 4;  ///< nearly twice what is just noticeable
/// Drawn over each other in one plot.
constexpr double kInOnePlot = 7;  ///< three times
/// The error plot's curves, which cross.
constexpr double kCrossing = 20;

TEST(Palette, SeriesKeepTheirDistanceForEveryVision) {
    for (const Palette* palette : {&lightPalette(), &darkPalette()}) {
        expectApart(*palette, kSeries, kSideBySide);
        expectApart(*palette,
                    {{"threshold", &Palette::threshold}, {"divergence", &Palette::divergence}},
                    kInOnePlot);
        expectApart(*palette,
                    {{"clipping", &Palette::clipping},
                     {"rounding", &Palette::rounding},
                     {"total", &Palette::total}},
                    kCrossing);
    }
}

TEST(Palette, AMethodHasOneColour) {
    const Palette& palette = lightPalette();
    for (const char* entropy : {"entropy", "entropy-gtc", "entropy-trt"})
        EXPECT_EQ(palette.ofMethod(entropy), palette.divergence);
    EXPECT_EQ(palette.ofMethod("percentile"), palette.percentile);
    EXPECT_EQ(palette.ofMethod("mse"), palette.total);
    EXPECT_EQ(palette.ofMethod("minmax"), palette.minmax);
}

TEST(Palette, NoColourIsMissing) {
    for (const Palette* palette : {&lightPalette(), &darkPalette()}) {
        for (const QColor Palette::*color :
             {&Palette::fill, &Palette::outline, &Palette::line, &Palette::softLine, &Palette::grid,
              &Palette::selection, &Palette::note, &Palette::noteLine})
            EXPECT_TRUE((palette->*color).isValid());
    }
    EXPECT_GT(lightPalette().window.lightness(), lightPalette().text.lightness());
    EXPECT_LT(darkPalette().window.lightness(), darkPalette().text.lightness());
}

}  // namespace
}  // namespace clipscope::widgets
