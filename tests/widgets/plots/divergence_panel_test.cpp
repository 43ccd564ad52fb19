// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/divergence_panel.h"

#include <QLabel>
#include <QTableWidget>
#include <QToolButton>

#include "tests/widgets/plots/plot_fixture.h"
#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

struct DivergencePanelTest : PlotFixture {
    DivergencePanel* panel = page.findChild<DivergencePanel*>();

    void open() {
        page.findChild<QToolButton*>("explainButton")->click();
        await();
    }
    void expectCandidateAt(double threshold) {
        const session::TensorPlots& curves = *scene().curves;
        const session::DivergenceView expected = session::viewDivergence(
            tensor().statistics, curves, session::nearestCandidate(curves, threshold));
        const session::DivergenceView& shown = panel->shown();
        EXPECT_EQ(shown.bins, expected.bins);
        EXPECT_EQ(shown.divergence, expected.divergence);
        EXPECT_EQ(shown.outliers, expected.outliers);
        EXPECT_EQ(shown.p, expected.p);
        EXPECT_EQ(shown.q, expected.q);
        const QString title = panel->findChild<QLabel*>("divergenceTitle")->text();
        EXPECT_TRUE(title.contains(divergenceText(expected.divergence) + " nats"));
        EXPECT_TRUE(title.contains(QString::number(expected.bins) + " bins, 128 levels"));
        EXPECT_TRUE(
            title.contains(countText(static_cast<uint64_t>(expected.outliers)) + " outliers"))
            << title.toStdString();
        const auto* table = panel->findChild<QTableWidget*>();
        ASSERT_EQ(table->rowCount(), static_cast<int>(expected.largest.size()));
        for (int row = 0; row < table->rowCount(); ++row)
            EXPECT_EQ(table->item(row, 3)->text(),
                      significantText(expected.largest[static_cast<size_t>(row)].nats, 2));
    }
};

TEST_F(DivergencePanelTest, ExplainsTheCurrentThreshold) {
    EXPECT_FALSE(panel->isVisible());
    open();
    EXPECT_TRUE(panel->isVisible());
    expectCandidateAt(static_cast<double>(tensor().current.threshold()));
}

TEST_F(DivergencePanelTest, FollowsTheCursorAndTheDrag) {
    open();
    const QRect rect = plots().frame().rects.histogram->rect();
    const QPointF at(toPixel(2), rect.center().y());
    hover(at);
    await();
    expectCandidateAt(toValue(at.x()));
    EXPECT_TRUE(panel->findChild<QLabel*>("divergenceTitle")->text().contains("cursor"));
    // Left of 0 it is the same candidate.
    hover(QPointF(toPixel(-3), at.y()));
    await();
    expectCandidateAt(-toValue(toPixel(-3)));
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&plots(), &leave);
    document.preview(kConv, session::symmetricSetting(1.5, "manual"));
    await();
    expectCandidateAt(1.5);
}

TEST_F(DivergencePanelTest, SaysWhenThereIsNothingToExplain) {
    open();
    select(kConstant);
    EXPECT_TRUE(panel->shown().p.empty());
    EXPECT_TRUE(panel->findChild<QLabel*>("divergenceTitle")->text().contains("too few"));
}

}  // namespace
}  // namespace clipscope::widgets
