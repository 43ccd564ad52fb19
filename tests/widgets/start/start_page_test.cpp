// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/start_page.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QUrl>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/widgets/start/recent_settings.h"
#include "widgets/start/drop_area.h"

namespace clipscope::widgets {
namespace {

/// Four files that exist; Ctrl+1 is the first.
class StartPageTest : public testing::Test {
protected:
    StartPageTest() {
        qputenv("CLIPSCOPE_EXAMPLES", CLIPSCOPE_EXAMPLES "");
        int minutes = 0;
        for (const char* name : {"one.clipscope", "two.clipscope", "three.cache", "four.onnx"}) {
            std::ofstream(m_stored.folder / name) << "content";
            m_files.note(recentFile(m_stored.path(name), ++minutes));
        }
    }
    ~StartPageTest() override { qunsetenv("CLIPSCOPE_EXAMPLES"); }

    void open() {
        m_page = std::make_unique<StartPage>(m_files);
        m_page->resize(1600, 850);
        m_page->show();
        m_page->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(m_page.get()));
    }
    template <typename Widget>
    Widget* find(const char* name) const {
        auto* found = m_page->findChild<Widget*>(name);
        EXPECT_NE(found, nullptr) << name;
        return found;
    }
    QTableView* table() const { return find<QTableView>("recentTable"); }
    /// The text that the link of the missing line is part of, once the files were looked for.
    QString missingLine() const {
        auto* line = find<QLabel>("missingLine");
        (void)QTest::qWaitFor([&] { return line->isVisible(); });
        return line->text();
    }

    RecentSettings m_stored;
    RecentFiles m_files{m_stored.settings};
    std::unique_ptr<StartPage> m_page;
};

TEST_F(StartPageTest, ButtonsAskForWhatTheySay) {
    open();
    QSignalSpy model(m_page.get(), &StartPage::openModelRequested);
    QSignalSpy ranges(m_page.get(), &StartPage::openRangesRequested);
    QSignalSpy example(m_page.get(), &StartPage::exampleRequested);
    QTest::mouseClick(find<QPushButton>("openModelButton"), Qt::LeftButton);
    QTest::keyClick(find<QPushButton>("openRangesButton"), Qt::Key_Space);
    QTest::mouseClick(find<QPushButton>("exampleButton1"), Qt::LeftButton);
    QTest::mouseClick(find<QPushButton>("exampleButton2"), Qt::LeftButton);
    EXPECT_EQ(model.count(), 1);
    EXPECT_EQ(ranges.count(), 1);
    ASSERT_EQ(example.count(), 2);
    EXPECT_TRUE(example[0][0].toString().endsWith("/lenet.onnx"));
    EXPECT_TRUE(example[1][0].toString().endsWith("/shifted.onnx"));
}

TEST_F(StartPageTest, ARecentFileOpensByKeyAndMouse) {
    open();
    QSignalSpy requested(m_page.get(), &StartPage::fileRequested);
    QTest::keyClick(m_page.get(), Qt::Key_2, Qt::ControlModifier);
    ASSERT_EQ(requested.count(), 1);
    EXPECT_EQ(requested[0][0], m_stored.path("two.clipscope"));
    QTest::keyClick(m_page.get(), Qt::Key_9, Qt::ControlModifier);
    EXPECT_EQ(requested.count(), 1) << "there are only four";

    const QPoint third = table()->visualRect(table()->model()->index(2, 1)).center();
    QTest::mouseClick(table()->viewport(), Qt::LeftButton, {}, third);
    QTest::mouseDClick(table()->viewport(), Qt::LeftButton, {}, third);
    ASSERT_GE(requested.count(), 2);
    EXPECT_EQ(requested.last()[0], m_stored.path("three.cache"));
    QTest::keyClick(table(), Qt::Key_Down);
    QTest::keyClick(table(), Qt::Key_Return);
    EXPECT_EQ(requested.last()[0], m_stored.path("four.onnx"));
}

TEST_F(StartPageTest, FindNarrowsAndEnterOpensTheFirst) {
    open();
    QSignalSpy requested(m_page.get(), &StartPage::fileRequested);
    auto* field = find<QLineEdit>("findRecentField");
    QTest::keyClicks(field, "CACHE");
    EXPECT_EQ(table()->model()->rowCount(), 1);
    QTest::keyClick(field, Qt::Key_Return);
    ASSERT_EQ(requested.count(), 1);
    EXPECT_EQ(requested[0][0], m_stored.path("three.cache"));

    field->setText("no such (");
    EXPECT_FALSE(table()->isVisible());
    EXPECT_TRUE(find<QLabel>("recentEmpty")->text().contains("no such ("));
    field->clear();
    EXPECT_TRUE(table()->isVisible());
    QTest::keyClick(field, Qt::Key_Down);
    EXPECT_TRUE(table()->hasFocus());
}

TEST_F(StartPageTest, TheShortcutStaysWithItsFileHoweverSorted) {
    open();
    table()->sortByColumn(1, Qt::AscendingOrder);
    EXPECT_EQ(table()->model()->index(0, 1).data(), "four.onnx");
    EXPECT_EQ(table()->model()->index(0, 7).data(), "Ctrl+4");
    QSignalSpy requested(m_page.get(), &StartPage::fileRequested);
    QTest::keyClick(m_page.get(), Qt::Key_4, Qt::ControlModifier);
    ASSERT_EQ(requested.count(), 1);
    EXPECT_EQ(requested[0][0], m_stored.path("four.onnx"));
}

TEST_F(StartPageTest, DeleteForgetsTheFileOnly) {
    open();
    table()->setFocus();
    table()->selectRow(1);
    QTest::keyClick(table(), Qt::Key_Delete);
    EXPECT_EQ(table()->model()->rowCount(), 3);
    EXPECT_EQ(m_files.files()[1].name(), "three.cache");
    EXPECT_TRUE(std::filesystem::exists(m_stored.folder / "two.clipscope"));
    for (const QAction* action : table()->actions()) {
        EXPECT_FALSE(action->objectName().isEmpty());
        EXPECT_FALSE(action->toolTip().isEmpty());
    }
}

TEST_F(StartPageTest, WhatIsMissingIsTakenOffAndNamed) {
    std::filesystem::remove(m_stored.folder / "two.clipscope");
    open();
    EXPECT_TRUE(missingLine().startsWith("1 file is no longer there"));
    EXPECT_EQ(table()->model()->rowCount(), 3);
    auto* list = find<QLabel>("missingList");
    EXPECT_FALSE(list->isVisible());
    emit find<QLabel>("missingLine")->linkActivated("show");
    EXPECT_TRUE(list->isVisible());
    EXPECT_EQ(list->text(), m_stored.path("two.clipscope"));

    // Seen again later, what went meanwhile is added to the sentence.
    std::filesystem::remove(m_stored.folder / "one.clipscope");
    m_page->hide();
    m_page->show();
    EXPECT_TRUE(QTest::qWaitFor([&] { return m_files.files().size() == 2; }));
    EXPECT_TRUE(missingLine().startsWith("2 files are"));
}

TEST_F(StartPageTest, ADragLightsTheAreaAndADropIsHandedOn) {
    open();
    QSignalSpy dropped(m_page.get(), &StartPage::filesDropped);
    auto* area = find<DropArea>("dropArea");
    QMimeData files;
    files.setUrls({QUrl::fromLocalFile("/a.onnx"), QUrl::fromLocalFile("/digits")});
    const auto drag = [&](const QMimeData& data) {
        QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        enter.ignore();
        QApplication::sendEvent(m_page.get(), &enter);
        return enter.isAccepted();
    };
    EXPECT_TRUE(drag(files));
    EXPECT_TRUE(area->isHighlighted());
    QDragLeaveEvent leave;
    QApplication::sendEvent(m_page.get(), &leave);
    EXPECT_FALSE(area->isHighlighted());

    EXPECT_TRUE(drag(files));
    QDropEvent drop({10, 10}, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_page.get(), &drop);
    EXPECT_FALSE(area->isHighlighted());
    ASSERT_EQ(dropped.count(), 1);
    EXPECT_EQ(dropped[0][0].toStringList(), QStringList({"/a.onnx", "/digits"}));

    QMimeData text;
    text.setText("hello");
    EXPECT_FALSE(drag(text));
    EXPECT_FALSE(area->isHighlighted());
}

TEST_F(StartPageTest, WithoutExamplesAndFilesItSaysWhatToDo) {
    m_files.remove({m_stored.path("one.clipscope"), m_stored.path("two.clipscope"),
                    m_stored.path("three.cache"), m_stored.path("four.onnx")});
    open();
    EXPECT_FALSE(table()->isVisible());
    EXPECT_TRUE(find<QLabel>("recentEmpty")->isVisible());
    EXPECT_TRUE(find<QLabel>("recentEmpty")->text().contains("example"));
}

TEST_F(StartPageTest, ANarrowPageDropsTheColumnsThatMatterLeast) {
    open();
    EXPECT_FALSE(table()->isColumnHidden(7));
    m_page->resize(960, 700);
    QCoreApplication::processEvents();
    EXPECT_TRUE(table()->isColumnHidden(7));
    EXPECT_GE(table()->columnWidth(1), 180) << "the name stays legible";
    m_page->resize(1600, 850);
    QCoreApplication::processEvents();
    EXPECT_FALSE(table()->isColumnHidden(7));
}

TEST_F(StartPageTest, EveryControlSaysWhatItIs) {
    open();
    for (const auto* button : m_page->findChildren<QPushButton*>()) {
        EXPECT_FALSE(button->objectName().isEmpty());
        EXPECT_FALSE(button->accessibleName().isEmpty()) << button->objectName().toStdString();
        EXPECT_FALSE(button->toolTip().isEmpty()) << button->objectName().toStdString();
    }
    EXPECT_FALSE(find<QLineEdit>("findRecentField")->toolTip().isEmpty());
    EXPECT_FALSE(table()->accessibleName().isEmpty());
}

}  // namespace
}  // namespace clipscope::widgets
