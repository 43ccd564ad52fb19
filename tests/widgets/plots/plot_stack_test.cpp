// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_stack.h"

#include <QWheelEvent>
#include <numeric>

#include "tests/widgets/plots/plot_fixture.h"

namespace clipscope::widgets {
namespace {

struct PlotStackTest : PlotFixture {
    std::vector<QCPRange> keyRanges() {
        const PlotRects& rects = plots().frame().rects;
        std::vector<QCPRange> ranges;
        for (const QCPAxisRect* rect : {rects.lane, rects.histogram, rects.divergence, rects.error})
            ranges.push_back(rect->axis(QCPAxis::atBottom)->range());
        return ranges;
    }
    void expectLinked() {
        const session::PlotView view = plots().view();
        for (const QCPRange& range : keyRanges())
            EXPECT_EQ(range, QCPRange(view.lo, view.hi));
    }
    QPointF inside(double part) {
        const QRectF rect = plots().frame().rects.histogram->rect();
        return {rect.left() + part * rect.width(), rect.top() + rect.height() / 4};
    }
    uint64_t drawn() {
        const auto& counts = scene().bins.counts;
        return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
    }
};

TEST_F(PlotStackTest, WheelZoomsOnTheCursorAllPlotsTogether) {
    const QPointF at = inside(0.7);
    const double under = toValue(at.x());
    const double width = plots().view().width();
    QWheelEvent wheel(at, plots().mapToGlobal(at), {}, QPoint(0, 240), Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(&plots(), &wheel);
    EXPECT_LT(plots().view().width(), 0.8 * width);
    EXPECT_NEAR(toValue(at.x()), under, width / 1e6);
    expectLinked();
}

TEST_F(PlotStackTest, ADragBesideTheHandlesPans) {
    const session::PlotView before = plots().view();
    const QPointF from = inside(0.3);
    const double moved = toValue(from.x() + 50) - toValue(from.x());
    drag(from, from + QPointF(50, 0));
    EXPECT_NEAR(plots().view().lo, before.lo - moved, moved / 1e6);
    EXPECT_NEAR(plots().view().width(), before.width(), moved / 1e6);
    expectLinked();
    EXPECT_EQ(document.undoStack().count(), 0);
}

TEST_F(PlotStackTest, ARightDragZoomsIntoItsBox) {
    const QPointF from = inside(0.55);
    const QPointF to = inside(0.8);
    const double lo = toValue(from.x());
    const double hi = toValue(to.x());
    const double pixel = toValue(1) - toValue(0);
    press(from, Qt::RightButton);
    move(to);
    release(to, Qt::RightButton);
    EXPECT_NEAR(plots().view().lo, lo, pixel);
    EXPECT_NEAR(plots().view().hi, hi, pixel);
    expectLinked();
}

TEST_F(PlotStackTest, DoubleClickFitsAndTheNextShowsAll) {
    const session::PlotView focused = plots().view();
    plots().setView({focused.lo / 3, focused.hi / 3});
    send(QEvent::MouseButtonDblClick, inside(0.3), Qt::LeftButton);
    EXPECT_EQ(plots().view(), focused);
    send(QEvent::MouseButtonDblClick, inside(0.3), Qt::LeftButton);
    EXPECT_LT(plots().view().lo, scene().source->density.min());
    EXPECT_GT(plots().view().hi, scene().source->density.max());
}

TEST_F(PlotStackTest, DrawsEveryValueInAtMostOnePointAColumn) {
    plots().setView(session::fullView(scene().source->density, false));
    settle();
    EXPECT_EQ(drawn(), tensor().statistics.histogram.finiteCount());
    const PlotFrame& frame = plots().frame();
    EXPECT_LE(scene().bins.counts.size(), static_cast<size_t>(frame.rects.histogram->width()) + 1);
    EXPECT_GT(scene().bins.counts.size(), 100u);
    EXPECT_EQ(frame.histogram->lineStyle(), QCPGraph::lsStepLeft);
}

TEST_F(PlotStackTest, FoldedShowsBothSignsOverOneSide) {
    plots().setFolded(true);
    plots().setView(session::fullView(scene().source->folded, true));
    settle();
    EXPECT_EQ(drawn(), tensor().statistics.histogram.finiteCount());
    EXPECT_GE(scene().bins.first, 0);
    EXPECT_FALSE(plots().overlay().isShown(session::RangeEnd::Low));
    EXPECT_TRUE(plots().frame().mirror->data()->isEmpty());
}

TEST_F(PlotStackTest, CountsAreLogarithmicOrLinear) {
    EXPECT_EQ(plots().frame().counts()->scaleType(), QCPAxis::stLogarithmic);
    plots().setLogCounts(false);
    EXPECT_EQ(plots().frame().counts()->scaleType(), QCPAxis::stLinear);
    EXPECT_EQ(plots().frame().counts()->range().lower, 0);
    EXPECT_GT(plots().frame().counts()->range().upper, static_cast<double>(scene().bins.most));
}

TEST_F(PlotStackTest, TheDivergenceIsMirroredWhereTheLowHandleStands) {
    const PlotFrame& frame = plots().frame();
    ASSERT_GT(frame.mirror->dataCount(), 10);
    const session::PlotCurve& curve = scene().curves->divergence;
    for (const QCPGraphData& point : *frame.mirror->data())
        if (std::isfinite(point.value)) {
            EXPECT_NEAR(curve.at(-point.key * 127 / 128), point.value, point.value / 1e6);
        }
}

TEST_F(PlotStackTest, ThinnedCurvesHaveTheirMinimumWhereItIs) {
    plots().setView(session::fullView(scene().source->density, false));
    settle();
    const session::ErrorPlot& errors = scene().curves->symmetric;
    const QCPGraph* total = plots().frame().total;
    EXPECT_LT(static_cast<size_t>(total->dataCount()), errors.total.size() / 4);
    double least = 1e9;
    for (const QCPGraphData& point : *total->data())
        if (std::isfinite(point.value))
            least = std::min(least, point.value);
    const QCPAxis* axis = total->valueAxis();
    EXPECT_NEAR(axis->coordToPixel(least),
                axis->coordToPixel(*std::ranges::min_element(errors.total)), 0.5);
}

TEST_F(PlotStackTest, AffineErrorsFollowTheOtherEndLive) {
    select(kSilu);
    document.edit(kSilu, session::affineSetting(-0.25, 8, "manual"), false, "T");
    await();
    ASSERT_TRUE(scene().errors());
    const session::ErrorPlot first = *scene().errors();
    EXPECT_LT(first.threshold.front(), 0);
    EXPECT_GT(first.threshold.back(), 0);
    document.preview(kSilu, session::affineSetting(-0.25, 12, "manual"));
    await();
    const session::ErrorPlot expected =
        session::affineErrorPlot(scene().source->density, -0.25, 12,
                                 static_cast<size_t>(std::ranges::count_if(
                                     first.threshold, [](double x) { return x > 0; })));
    EXPECT_EQ(scene().errors()->total, expected.total);
    EXPECT_NE(scene().errors()->total, first.total);
}

TEST_F(PlotStackTest, AnEditOutOfViewBringsTheHandleBackIntoIt) {
    plots().setView({-1, 1});
    document.edit(kConv, session::symmetricSetting(5, "manual"), false, "T");
    EXPECT_TRUE(plots().overlay().isShown(session::RangeEnd::High));
}

}  // namespace
}  // namespace clipscope::widgets
