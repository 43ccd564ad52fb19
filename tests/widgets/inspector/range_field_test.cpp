// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/range_field.h"

#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <gtest/gtest.h>

namespace clipscope::widgets {
namespace {

class RangeFieldTest : public testing::Test {
protected:
    RangeFieldTest() {
        field = new RangeField(&window);
        other = new QLineEdit(&window);
        other->move(0, 40);
        field->setValue("12.82", "12.8199997");
        window.resize(200, 80);
        window.show();
        window.activateWindow();
        other->setFocus();
        QApplication::processEvents();
    }
    void turnWheel(int delta) {
        QWheelEvent event({10, 10}, field->mapToGlobal(QPointF(10, 10)), {}, {0, delta},
                          Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(field, &event);
    }

    QWidget window;
    RangeField* field;
    QLineEdit* other;
};

TEST_F(RangeFieldTest, ShowsEveryDigitWhileItIsEdited) {
    EXPECT_EQ(field->text(), "12.82");
    field->setFocus();
    EXPECT_EQ(field->text(), "12.8199997");
    EXPECT_EQ(field->selectedText(), "12.8199997");
    other->setFocus();
    EXPECT_EQ(field->text(), "12.82");
}

TEST_F(RangeFieldTest, EnterAppliesAndEscBringsTheValueBack) {
    QSignalSpy applied(field, &RangeField::applied);
    QSignalSpy reverted(field, &RangeField::reverted);
    field->setFocus();
    QTest::keyClicks(field, "3.5");
    EXPECT_EQ(applied.count(), 0);
    QTest::keyClick(field, Qt::Key_Return);
    ASSERT_EQ(applied.count(), 1);
    EXPECT_EQ(applied[0][0].toString(), "3.5");
    QTest::keyClick(field, Qt::Key_Escape);
    EXPECT_EQ(field->text(), "12.8199997");
    EXPECT_EQ(reverted.count(), 1);
}

TEST_F(RangeFieldTest, LeavingItAppliesWhatWasTypedUnlessItIsWrong) {
    QSignalSpy applied(field, &RangeField::applied);
    field->setFocus();
    other->setFocus();
    EXPECT_EQ(applied.count(), 0);
    field->setFocus();
    QTest::keyClicks(field, "7");
    other->setFocus();
    EXPECT_EQ(applied.count(), 1);
    field->setFocus();
    QTest::keyClicks(field, "x");
    field->setProblem(true);
    other->setFocus();
    EXPECT_EQ(applied.count(), 1);
    EXPECT_FALSE(field->hasProblem());
    EXPECT_EQ(field->text(), "12.82");
}

TEST_F(RangeFieldTest, TextBeingTypedStaysWhenTheValueChanges) {
    field->setFocus();
    QTest::keyClicks(field, "3.");
    field->setValue("9.000", "9");
    EXPECT_EQ(field->text(), "3.");
    QTest::keyClick(field, Qt::Key_Escape);
    EXPECT_EQ(field->text(), "9");
}

TEST_F(RangeFieldTest, KeysAndTheWheelStep) {
    QSignalSpy stepped(field, &RangeField::stepped);
    turnWheel(120);
    EXPECT_EQ(stepped.count(), 0);  // not focused: the pane scrolls
    field->setFocus();
    QTest::keyClick(field, Qt::Key_Up);
    QTest::keyClick(field, Qt::Key_Down, Qt::ShiftModifier);
    turnWheel(60);
    turnWheel(60);
    turnWheel(-240);
    ASSERT_EQ(stepped.count(), 4);
    EXPECT_EQ(stepped[0][0].toInt(), 1);
    EXPECT_EQ(stepped[1][0].toInt(), -10);
    EXPECT_EQ(stepped[2][0].toInt(), 1);
    EXPECT_EQ(stepped[3][0].toInt(), -2);
}

TEST_F(RangeFieldTest, UndoIsTheDocumentsUnlessTextIsBeingTyped) {
    field->setFocus();
    const auto isTaken = [this](int key, Qt::KeyboardModifiers modifiers) {
        QKeyEvent event(QEvent::ShortcutOverride, key, modifiers);
        event.ignore();
        QApplication::sendEvent(field, &event);
        return event.isAccepted();
    };
    EXPECT_FALSE(isTaken(Qt::Key_Z, Qt::ControlModifier));
    EXPECT_FALSE(isTaken(Qt::Key_Escape, Qt::NoModifier));
    QTest::keyClicks(field, "3");
    EXPECT_TRUE(isTaken(Qt::Key_Z, Qt::ControlModifier));
    EXPECT_TRUE(isTaken(Qt::Key_Escape, Qt::NoModifier));
}

}  // namespace
}  // namespace clipscope::widgets
