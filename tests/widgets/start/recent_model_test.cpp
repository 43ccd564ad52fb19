// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/recent_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include "tests/widgets/start/recent_settings.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

class RecentModelTest : public testing::Test {
protected:
    std::string text(int row, int column) const {
        return m_model.index(row, column).data().toString().toStdString();
    }

    RecentSettings m_stored;
    RecentFiles m_files{m_stored.settings};
    RecentModel m_model{m_files};
    QAbstractItemModelTester m_tester{&m_model,
                                      QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(RecentModelTest, OneRowAFile) {
    m_files.note(recentFile("/calib/a.clipscope", 60));
    RecentFile cache;
    cache.path = "/calib/out/b.cache";
    cache.kind = RecentFile::Kind::Ranges;
    cache.tensors = 1200;
    cache.method = "TRT-8601";
    cache.opened = QDateTime::currentDateTime();
    m_files.note(cache);

    ASSERT_EQ(m_model.rowCount(), 2);
    EXPECT_EQ(text(0, RecentModel::Name), "b.cache");
    EXPECT_EQ(m_model.index(0, RecentModel::Name).data(RecentModel::FolderRole), "/calib/out");
    EXPECT_EQ(text(0, RecentModel::Tensors), "1,200");
    EXPECT_EQ(text(0, RecentModel::Method), "TRT-8601");
    EXPECT_EQ(text(0, RecentModel::Samples), "");
    EXPECT_EQ(text(0, RecentModel::Edited), "·");
    EXPECT_EQ(text(0, RecentModel::Opened).substr(0, 6), "today ");
    EXPECT_EQ(text(0, RecentModel::Shortcut), "Ctrl+1");
    EXPECT_EQ(text(1, RecentModel::Samples), "1,000");
    EXPECT_EQ(text(1, RecentModel::Edited), "3");
    EXPECT_EQ(text(1, RecentModel::Shortcut), "Ctrl+2");
    EXPECT_EQ(m_model.index(1, 0).data(RecentModel::PathRole), "/calib/a.clipscope");
    EXPECT_EQ(m_model.index(1, 0).data(Qt::AccessibleTextRole), "Session");
}

TEST_F(RecentModelTest, NumbersStandRight) {
    m_files.note(recentFile("/a"));
    for (int column = 0; column < RecentModel::ColumnCount; ++column) {
        const bool isRight = column == RecentModel::Tensors || column == RecentModel::Samples ||
                             column == RecentModel::Edited;
        const int there = m_model.index(0, column).data(Qt::TextAlignmentRole).toInt();
        EXPECT_EQ((there & Qt::AlignRight) != 0, isRight) << column;
        EXPECT_EQ(m_model.headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt(), there);
        EXPECT_FALSE(m_model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).isNull());
    }
}

TEST_F(RecentModelTest, APartialCalibrationIsMarkedInTheWarningColour) {
    RecentFile file = recentFile("/a");
    file.isPartial = true;
    m_files.note(file);
    const QModelIndex method = m_model.index(0, RecentModel::Method);
    EXPECT_EQ(method.data(), "partial");
    EXPECT_EQ(method.data(Qt::ForegroundRole).value<QColor>(), widgets::colors().warning);
    QSignalSpy changed(&m_model, &QAbstractItemModel::dataChanged);
    Theme::instance().setAppearance(Appearance::Dark);
    EXPECT_EQ(changed.count(), 1);
    EXPECT_EQ(method.data(Qt::ForegroundRole).value<QColor>(), darkPalette().warning);
    Theme::instance().setAppearance(Appearance::Light);
}

TEST_F(RecentModelTest, OnlyNineHaveAShortcut) {
    for (int i = 0; i < 11; ++i)
        m_files.note(recentFile(QString("/file%1").arg(i), 100 - i));
    EXPECT_EQ(text(8, RecentModel::Shortcut), "Ctrl+9");
    EXPECT_EQ(text(9, RecentModel::Shortcut), "");
    m_files.remove({"/file10"});
    EXPECT_EQ(m_model.rowCount(), 10);
    EXPECT_EQ(text(0, RecentModel::Name), "file9");
}

}  // namespace
}  // namespace clipscope::widgets
