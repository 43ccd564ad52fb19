// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/tensors_pane.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/widgets/tensors/sessions.h"

namespace clipscope::widgets {
namespace {

struct TensorsPaneTest : testing::Test {
    Document document;
    TensorsPane pane{document};
    TensorTable* table = pane.table();
    QLineEdit* filter = pane.findChild<QLineEdit*>("tensorFilter");

    TensorsPaneTest() {
        pane.resize(630, 400);
        pane.show();
        document.setSession(smallSession(), "small.clipscope");
        EXPECT_TRUE(awaitFigures(pane.model()));
        table->setFocus();
    }
    QAction* action(const QString& name) const {
        const auto actions = pane.paneActions();
        const auto found = std::ranges::find(actions, name, &QObject::objectName);
        EXPECT_NE(found, actions.end()) << name.toStdString();
        return *found;
    }
    void click(int row, Qt::KeyboardModifiers modifiers = {}) {
        const QRect cell = table->visualRect(pane.proxy().index(row, 0));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, modifiers, cell.center());
    }
    void apply(const QString& method) {
        auto* item =
            action("tensorMethods")->menu()->findChild<QAction*>("tensorMethods-" + method);
        ASSERT_NE(item, nullptr);
        const int steps = document.undoStack().count();
        item->trigger();
        ASSERT_TRUE(QTest::qWaitFor([&] { return document.undoStack().count() > steps; }));
    }
    const session::Setting& setting(int tensor) const { return document.shownSetting(tensor); }
    QString visibleText(const char* name) const {
        auto* label = pane.findChild<QLabel*>(name);
        return label && label->isVisible() ? label->text() : QString();
    }
};

TEST_F(TensorsPaneTest, ItsRowIsTheDocumentsTensorBothWays) {
    EXPECT_EQ(table->currentIndex().row(), 0);
    click(2);
    EXPECT_EQ(document.selected(), 2);
    document.select(1);
    EXPECT_EQ(table->currentIndex().row(), 1);
    EXPECT_EQ(table->selectedTensors(), std::vector<int>{1});
}

TEST_F(TensorsPaneTest, KeysMoveAndSelect) {
    QTest::keyClick(table, Qt::Key_J);
    EXPECT_EQ(document.selected(), 1);
    QTest::keyClick(table, Qt::Key_J);
    QTest::keyClick(table, Qt::Key_K);
    EXPECT_EQ(document.selected(), 1);
    QTest::keyClick(table, Qt::Key_Down);
    EXPECT_EQ(document.selected(), 2);
    QTest::keyClick(table, Qt::Key_Up, Qt::ShiftModifier);
    EXPECT_EQ(document.selected(), 1);
    EXPECT_EQ(table->selectedTensors(), (std::vector<int>{1, 2}));
    click(0, Qt::ControlModifier);
    EXPECT_EQ(table->selectedTensors(), (std::vector<int>{0, 1, 2}));
}

TEST_F(TensorsPaneTest, CtrlFGoesToTheFilterWhereLettersAreTyped) {
    QTest::keyClick(table, Qt::Key_F, Qt::ControlModifier);
    EXPECT_TRUE(filter->hasFocus());
    QTest::keyClicks(filter, "jk");
    EXPECT_EQ(filter->text(), "jk");
    EXPECT_EQ(document.selected(), 0);
}

TEST_F(TensorsPaneTest, EscapeClearsTheFilterAndGoesToTheTable) {
    filter->setFocus();
    QTest::keyClicks(filter, "pool");
    EXPECT_EQ(pane.proxy().rowCount(), 1);
    QTest::keyClick(filter, Qt::Key_Escape);
    EXPECT_EQ(pane.proxy().rowCount(), 4);
    EXPECT_TRUE(table->hasFocus());
    filter->setFocus();
    QTest::keyClick(filter, Qt::Key_Down);
    EXPECT_TRUE(table->hasFocus());
}

TEST_F(TensorsPaneTest, MOpensTheMethods) {
    QMenu* menu = action("tensorMethods")->menu();
    QTest::keyClick(table, Qt::Key_M);
    EXPECT_TRUE(menu->isVisible());
    menu->close();
}

TEST_F(TensorsPaneTest, ADoubleClickOnAMethodOpensTheMethods) {
    QMenu* menu = action("tensorMethods")->menu();
    const QRect cell = table->visualRect(pane.proxy().index(1, index(TensorColumn::Method)));
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, cell.center());
    QTest::mouseDClick(table->viewport(), Qt::LeftButton, {}, cell.center());
    EXPECT_TRUE(menu->isVisible());
    menu->close();
}

TEST_F(TensorsPaneTest, AFilterThatHidesTheSelectedTensorSelectsNoOther) {
    document.select(0);
    pane.setFilterText("conv");
    EXPECT_EQ(document.selected(), 0);
    EXPECT_FALSE(table->currentIndex().isValid());
    pane.setFilterText("");
    EXPECT_EQ(table->currentIndex().row(), 0);
    EXPECT_EQ(table->selectedTensors(), std::vector<int>{0});
}

TEST_F(TensorsPaneTest, AnUnreadableTermIsToldUnderTheField) {
    EXPECT_EQ(visibleText("tensorFilterProblem"), QString());
    pane.setFilterText("sqnr<much");
    EXPECT_TRUE(visibleText("tensorFilterProblem").contains("sqnr<much"));
    EXPECT_EQ(pane.proxy().rowCount(), 4) << "what cannot be read is not applied";
    pane.setFilterText("");
    EXPECT_EQ(visibleText("tensorFilterProblem"), QString());
}

TEST_F(TensorsPaneTest, EmptyStatesSayWhatToDo) {
    pane.setFilterText("op:Gelu");
    EXPECT_EQ(visibleText("tensorsNoMatchText"), "No tensor matches `op:Gelu`.");
    QTest::mouseClick(pane.findChild<QPushButton*>("tensorsNoMatchButton"), Qt::LeftButton);
    EXPECT_EQ(filter->text(), "");
    EXPECT_TRUE(table->isVisible());

    document.setSession(nullptr, "");
    EXPECT_EQ(visibleText("tensorsEmptyText"), "No tensors yet. Add samples and press Calibrate.");
    const QSignalSpy wanted(&pane, &TensorsPane::addSamplesRequested);
    QTest::mouseClick(pane.findChild<QPushButton*>("tensorsEmptyButton"), Qt::LeftButton);
    EXPECT_EQ(wanted.count(), 1);
}

TEST_F(TensorsPaneTest, AMethodForSeveralTensorsIsOneStep) {
    click(0);
    click(1, Qt::ControlModifier);
    click(3, Qt::ControlModifier);
    apply("mse");
    EXPECT_EQ(setting(0).method, "mse");
    EXPECT_EQ(setting(1).method, "mse");
    EXPECT_EQ(setting(2).method, "minmax");
    EXPECT_EQ(document.undoStack().count(), 1);
    EXPECT_EQ(setting(0).scale,
              session::symmetricSetting(session::computeThreshold(document.session()->tensors[0],
                                                                  threshold::findMethod("mse"))
                                            .threshold,
                                        "mse")
                  .scale);
    document.undoStack().undo();
    EXPECT_EQ(document.editedCount(), 0);
}

TEST_F(TensorsPaneTest, GroupActionsReachAllThatShareTheScale) {
    click(1);
    action("tensorGroupKeepFloat")->trigger();
    EXPECT_TRUE(setting(1).keepFloat);
    EXPECT_TRUE(setting(2).keepFloat);
    EXPECT_EQ(action("tensorGroupKeepFloat")->text(), "Quantize group again");
    action("tensorGroupReset")->trigger();
    EXPECT_EQ(document.editedCount(), 0);
    EXPECT_EQ(document.undoStack().count(), 2);
}

TEST_F(TensorsPaneTest, KeepInFloatTogglesAndDelResetsTheSelected) {
    click(0);
    action("tensorKeepFloat")->trigger();
    EXPECT_TRUE(setting(0).keepFloat);
    EXPECT_EQ(shown(pane.model(), 0, TensorColumn::Threshold), "float");
    EXPECT_EQ(action("tensorKeepFloat")->text(), "Quantize again");
    action("tensorKeepFloat")->trigger();
    EXPECT_FALSE(setting(0).keepFloat);
    document.edit(0, session::symmetricSetting(0.5, "manual"), false, "T");
    document.edit(1, session::symmetricSetting(0.5, "manual"), false, "T");
    click(0);
    click(1, Qt::ShiftModifier);
    const int steps = document.undoStack().count();
    QTest::keyClick(table, Qt::Key_Delete);
    EXPECT_EQ(document.editedCount(), 0);
    EXPECT_EQ(document.undoStack().count(), steps + 1);
    document.undoStack().undo();
    EXPECT_EQ(document.editedCount(), 2);
}

TEST_F(TensorsPaneTest, ActionsAreOffWhereTheyCanDoNothing) {
    click(3);
    for (const char* name : {"tensorMethods", "tensorKeepFloat", "tensorReset", "tensorGroupReset"})
        EXPECT_FALSE(action(name)->isEnabled()) << name;
    click(0);
    EXPECT_TRUE(action("tensorMethods")->isEnabled());
    EXPECT_FALSE(action("tensorReset")->isEnabled());
    EXPECT_FALSE(action("tensorGroupMethods")->isEnabled());
    for (const QAction* item : pane.paneActions()) {
        EXPECT_FALSE(item->objectName().isEmpty());
        EXPECT_TRUE(item->isSeparator() || !item->toolTip().isEmpty())
            << item->objectName().toStdString();
    }
}

TEST_F(TensorsPaneTest, CopiesTheSelectedRowsAsATable) {
    click(1);
    QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = QGuiApplication::clipboard()->text().split('\n');
    ASSERT_EQ(lines.size(), 3);
    EXPECT_EQ(lines[0],
              "Tensor\tOperator\tMethod\tThreshold T\tSQNR, dB\tClipped, %\tBits lost\tMarks");
    EXPECT_TRUE(lines[1].startsWith("conv\tConv\tminmax\t2\t")) << lines[1].toStdString();
    EXPECT_TRUE(lines[1].endsWith("\tshared")) << lines[1].toStdString();
    EXPECT_EQ(lines[2], "");
}

TEST_F(TensorsPaneTest, AHeaderSortsAndTheThirdClickGoesBackToGraphOrder) {
    QHeaderView* header = table->horizontalHeader();
    const auto clickHeader = [&] {
        const int x = header->sectionViewportPosition(index(TensorColumn::Name)) + 20;
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, QPoint(x, 8));
        return shown(pane.proxy(), 0, TensorColumn::Name);
    };
    EXPECT_EQ(clickHeader(), "conv");
    EXPECT_EQ(clickHeader(), "shape");
    EXPECT_EQ(clickHeader(), "data");
    EXPECT_EQ(document.selected(), 0);
}

TEST_F(TensorsPaneTest, ColumnsCanBeShownAndTheirStateIsKept) {
    EXPECT_TRUE(table->isColumnHidden(index(TensorColumn::Gain)));
    auto* gain = table->columnsMenu()->findChild<QAction*>(
        QStringLiteral("tensorColumn%1").arg(index(TensorColumn::Gain)));
    ASSERT_NE(gain, nullptr);
    gain->trigger();
    EXPECT_FALSE(table->isColumnHidden(index(TensorColumn::Gain)));
    ASSERT_TRUE(awaitFigures(pane.model()));
    EXPECT_NE(shown(pane.model(), 0, TensorColumn::Gain), "…");
    TensorsPane other(document);
    EXPECT_TRUE(other.restoreState(pane.saveState()));
    EXPECT_FALSE(other.table()->isColumnHidden(index(TensorColumn::Gain)));
    EXPECT_FALSE(other.restoreState("nonsense"));
}

TEST_F(TensorsPaneTest, CoverageIsShownWhereThereIsRoom) {
    EXPECT_TRUE(table->isColumnHidden(index(TensorColumn::Coverage)));
    pane.resize(1000, 400);
    EXPECT_FALSE(table->isColumnHidden(index(TensorColumn::Coverage)));
}

TEST_F(TensorsPaneTest, TheSummaryFollowsTheSelection) {
    click(0);
    click(2, Qt::ShiftModifier);
    EXPECT_TRUE(QTest::qWaitFor([&] {
        return visibleText("tensorSummary").startsWith("3 of 4 tensors get a scale: 1 integer") &&
               visibleText("tensorSummary").endsWith("selected 3");
    })) << visibleText("tensorSummary").toStdString();
}

}  // namespace
}  // namespace clipscope::widgets
