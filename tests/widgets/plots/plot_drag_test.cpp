// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QToolButton>

#include "tests/widgets/plots/plot_fixture.h"
#include "widgets/plots/readout_line.h"

namespace clipscope::widgets {
namespace {

using session::RangeEnd;

struct PlotDrag : PlotFixture {
    double drawnWidth() { return scene().bins.width; }
    int steps() { return document.undoStack().count(); }
    double current() { return static_cast<double>(tensor().current.threshold()); }
};

TEST_F(PlotDrag, BringsTToTheCursorInOneStep) {
    const session::Setting before = tensor().current;
    const QPointF from = highHandle();
    const QPointF to = from - QPointF(90, 0);
    const double wanted = toValue(to.x());
    press(from);
    move(from - QPointF(40, 0), Qt::AltModifier);
    move(to, Qt::AltModifier);
    EXPECT_EQ(tensor().current, before) << "a preview is not an edit";
    EXPECT_NEAR(document.shownSetting(kConv).hi, wanted, drawnWidth());
    EXPECT_EQ(scene().shown, document.shownSetting(kConv));
    release(to);
    EXPECT_NEAR(current(), wanted, drawnWidth());
    EXPECT_EQ(tensor().current.method, "manual");
    EXPECT_EQ(steps(), 1);
    document.undoStack().undo();
    EXPECT_EQ(tensor().current, before);
    EXPECT_EQ(scene().shown, before);
}

TEST_F(PlotDrag, OfTheLowHandleMirrors) {
    const QPointF from = handle(RangeEnd::Low);
    const QPointF to = from + QPointF(70, 0);
    const double wanted = -toValue(to.x()) * 127 / 128;
    drag(from, to, Qt::AltModifier);
    EXPECT_NEAR(current(), wanted, drawnWidth());
    EXPECT_NEAR(plots().overlay().pixelOf(RangeEnd::Low), to.x(), 0.5);
}

TEST_F(PlotDrag, AClickOnAHandleIsNoEdit) {
    drag(highHandle(), highHandle());
    EXPECT_EQ(steps(), 0);
}

TEST_F(PlotDrag, SnapsToATickUnlessAltIsHeld) {
    const LaneTick mse = tick("mse");
    const QPointF near(toPixel(mse.hi) + 2, highHandle().y());
    drag(highHandle(), near);
    EXPECT_EQ(tensor().current.scale, mse.setting.scale);
    EXPECT_EQ(tensor().current.method, "mse");
    document.undoStack().undo();
    const double wanted = toValue(near.x());
    drag(highHandle(), near, Qt::AltModifier);
    EXPECT_NEAR(current(), wanted, drawnWidth() / 10);
    EXPECT_NE(tensor().current.scale, mse.setting.scale);
    EXPECT_EQ(tensor().current.method, "manual");
}

TEST_F(PlotDrag, BackToTheOriginalIsNoEditAtAll) {
    const QPointF from = highHandle();
    press(from);
    move(from - QPointF(120, 0), Qt::AltModifier);
    move(from - QPointF(1, 0));
    release(from - QPointF(1, 0));
    EXPECT_FALSE(tensor().isEdited());
    EXPECT_EQ(steps(), 0);
    EXPECT_EQ(scene().shown, tensor().current);
}

TEST_F(PlotDrag, IsTenTimesFinerWithShift) {
    const QPointF from = highHandle();
    const double wanted = toValue(from.x() - 12);
    drag(from, from - QPointF(120, 0), Qt::ShiftModifier | Qt::AltModifier);
    EXPECT_NEAR(current(), wanted, std::abs(toValue(1) - toValue(0)) / 4);
}

TEST_F(PlotDrag, EscapeReverts) {
    const session::Setting before = tensor().current;
    const QPointF from = highHandle();
    press(from);
    move(from - QPointF(90, 0), Qt::AltModifier);
    ASSERT_NE(scene().shown, before);
    QTest::keyClick(&plots(), Qt::Key_Escape);
    EXPECT_EQ(scene().shown, before);
    move(from - QPointF(120, 0), Qt::AltModifier);
    release(from - QPointF(120, 0));
    EXPECT_EQ(tensor().current, before);
    EXPECT_EQ(steps(), 0);
}

TEST_F(PlotDrag, ArrowsNudgeByBinsInOneStep) {
    const double bin = static_cast<double>(tensor().statistics.histogram.amax()) / 2048;
    const double before = tensor().current.hi;
    for (int i = 0; i < 3; ++i)
        QTest::keyClick(&plots(), Qt::Key_Right);
    EXPECT_NEAR(tensor().current.hi, before + 3 * bin, 1e-9);
    QTest::keyClick(&plots(), Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_NEAR(tensor().current.hi, before - 7 * bin, 1e-9);
    EXPECT_EQ(steps(), 1);
    document.undoStack().undo();
    EXPECT_EQ(tensor().current.hi, before);
}

TEST_F(PlotDrag, DoubleClickOnAHandleReturnsToTheOriginal) {
    drag(highHandle(), highHandle() - QPointF(90, 0), Qt::AltModifier);
    ASSERT_TRUE(tensor().isEdited());
    send(QEvent::MouseButtonDblClick, highHandle(), Qt::LeftButton);
    EXPECT_FALSE(tensor().isEdited());
}

TEST_F(PlotDrag, AffineEndsStayOnTheirSideOfZeroAndSaySo) {
    select(kSilu);
    page.findChild<QToolButton*>("affineButton")->click();
    await();
    ASSERT_TRUE(tensor().current.isAffine);
    ASSERT_LT(tensor().current.lo, 0);
    const double hi = tensor().current.hi;
    const QSignalSpy noticed(&plots(), &PlotStack::noticed);
    const QPointF low = handle(RangeEnd::Low);
    drag(low, QPointF(toPixel(hi / 2), low.y()), Qt::AltModifier);
    EXPECT_EQ(tensor().current.lo, 0);
    EXPECT_EQ(tensor().current.hi, hi);
    ASSERT_FALSE(noticed.isEmpty());
    EXPECT_TRUE(page.findChild<ReadoutLine*>()->leftText().contains("lo stays at or below 0"));

    const QPointF high = highHandle();
    const double wanted = toValue(high.x() - 60);
    drag(high, high - QPointF(60, 0), Qt::AltModifier);
    EXPECT_NEAR(tensor().current.hi, wanted, drawnWidth());
    EXPECT_EQ(tensor().current.lo, 0) << "the other end stays";
}

TEST_F(PlotDrag, AClickOnATickAppliesItsMethod) {
    const threshold::Result mse = session::computeThreshold(tensor(), threshold::findMethod("mse"));
    const QRect lane = plots().frame().rects.lane->rect();
    const QPointF at(toPixel(mse.threshold), lane.bottom() - 2);
    drag(at, at);
    EXPECT_EQ(tensor().current, session::symmetricSetting(mse.threshold, "mse"));
    EXPECT_EQ(steps(), 1);
    EXPECT_TRUE(document.undoStack().undoText().contains("mse"));
}

TEST_F(PlotDrag, TheTickOfTheOriginalMethodIsNoEdit) {
    drag(highHandle(), highHandle() - QPointF(90, 0), Qt::AltModifier);
    const QRect lane = plots().frame().rects.lane->rect();
    const QPointF at(toPixel(tensor().original.hi), lane.bottom() - 2);
    drag(at, at);
    EXPECT_FALSE(tensor().isEdited());
}

TEST_F(PlotDrag, TabReachesTheTicksAndEnterApplies) {
    plots().setFocus();
    settle();
    QTest::keyClick(&plots(), Qt::Key_Tab);
    ASSERT_EQ(scene().focusedMark, 0);
    QTest::keyClick(&plots(), Qt::Key_Return);
    EXPECT_EQ(tensor().current.scale, plots().lane().ticks()[0].setting.scale);
    EXPECT_EQ(tensor().current.method, plots().lane().ticks()[0].method);
}

}  // namespace
}  // namespace clipscope::widgets
