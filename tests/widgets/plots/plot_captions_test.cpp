// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_captions.h"

#include "tests/widgets/plots/plot_fixture.h"
#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

struct PlotCaptions : PlotFixture {
    static QString text(const CaptionRow* row) {
        QStringList texts;
        for (const CaptionRow::Entry& entry : row->entries())
            texts << entry.text;
        return texts.join('|') + '|' + row->right();
    }
    QString divergence() { return text(plots().frame().divergenceCaption); }
    QString error() { return text(plots().frame().errorCaption); }

    void expectFiguresOf(const session::Setting& setting) {
        const session::SettingFigures figures =
            session::figuresOf(scene().source->density, &scene().curves->divergence, setting);
        EXPECT_TRUE(divergence().startsWith(
            QStringLiteral("KL %1 nats at T|").arg(divergenceText(figures.divergence))))
            << divergence().toStdString();
        EXPECT_TRUE(error().startsWith(QStringLiteral("clipping %1|rounding %2|total %3 dB|")
                                           .arg(decibelText(figures.clipDb, 2),
                                                decibelText(figures.roundDb, 2),
                                                decibelText(figures.totalDb, 2))))
            << error().toStdString();
    }
};

TEST_F(PlotCaptions, GiveTheFiguresAtTAndFollowADrag) {
    expectFiguresOf(tensor().current);
    const session::Setting dragged = session::symmetricSetting(3, "manual");
    document.preview(kConv, dragged);
    expectFiguresOf(dragged);
    const session::SettingFigures original =
        session::figuresOf(scene().source->density, nullptr, tensor().original);
    EXPECT_TRUE(error().contains(QStringLiteral("original ") + decibelText(original.totalDb, 2)));
    document.cancelPreview();
    expectFiguresOf(tensor().current);
}

TEST_F(PlotCaptions, GiveTheLeastAndWhereItLies) {
    const session::ErrorPlot& errors = scene().curves->symmetric;
    const auto least = std::ranges::min_element(errors.total);
    const auto at = static_cast<size_t>(least - errors.total.begin());
    EXPECT_TRUE(
        error().endsWith(QStringLiteral("least %1 at %2")
                             .arg(decibelText(*least, 2), significantText(errors.threshold[at]))));
    const auto chosen = session::computeThreshold(tensor(), threshold::findMethod("entropy"));
    EXPECT_TRUE(divergence().endsWith(QStringLiteral(" at ") + significantText(chosen.threshold)));
}

TEST_F(PlotCaptions, AffineRangesHaveNoDivergenceOfTheirOwn) {
    select(kSilu);
    document.edit(kSilu, session::affineSetting(-0.2, 9, "manual"), false, "T");
    await();
    EXPECT_TRUE(divergence().startsWith("KL of |x|, for ±T only|least "));
    const session::ErrorPlot& symmetric = scene().curves->symmetric;
    EXPECT_TRUE(error().endsWith(QStringLiteral("best ±T ") +
                                 decibelText(*std::ranges::min_element(symmetric.total), 2)))
        << error().toStdString();
}

TEST_F(PlotCaptions, SayThatCurvesAreBeingComputed) {
    document.select(kRelu);  // Its job cannot have delivered before the events are processed.
    EXPECT_EQ(divergence(), QStringLiteral("KL divergence|computing…"));
    EXPECT_TRUE(error().startsWith("clipping "));
    EXPECT_TRUE(error().endsWith("computing…"));
    await();
    expectFiguresOf(tensor().current);
}

TEST(ChangeText, NamesWhatMoved) {
    using session::affineSetting;
    using session::symmetricSetting;
    EXPECT_EQ(changeText(symmetricSetting(12.82, "e"), symmetricSetting(15.62, "m")),
              QStringLiteral("T 12.82 → 15.62"));
    EXPECT_EQ(changeText(affineSetting(-1, 28.84, "e"), affineSetting(-1, 13.6, "m")),
              QStringLiteral("hi 28.84 → 13.60"));
    EXPECT_EQ(changeText(symmetricSetting(2, "e"), affineSetting(-1, 2, "m")),
              QStringLiteral("T 2.000 → lo −1.000, hi 2.000"));
}

}  // namespace
}  // namespace clipscope::widgets
