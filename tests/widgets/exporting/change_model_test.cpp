// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/change_model.h"

#include <QAbstractItemModelTester>
#include <QFont>

#include <gtest/gtest.h>

namespace clipscope::widgets {
namespace {

using session::ExportedScale;
using session::ExportLine;

/// Eight tensors t0 ... t7 of T = 127; t4 becomes 254 by hand, t7 is kept in float.
std::shared_ptr<session::ExportPreview> eightLines() {
    auto preview = std::make_shared<session::ExportPreview>();
    for (size_t i = 0; i < 8; ++i) {
        ExportLine line;
        line.line = i + 2;
        line.name = "t" + std::to_string(i);
        line.before = line.after = ExportedScale{1};
        line.method = "entropy";
        preview->lines.push_back(line);
    }
    preview->lines[4].after = ExportedScale{2};
    preview->lines[4].method = "manual";
    preview->lines[7].after.reset();
    preview->lines[7].keepsFloat = true;
    preview->lines[7].line = 0;
    return preview;
}

class ChangeModelTest : public testing::Test {
protected:
    QString row(int row) const {
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells << model.index(row, column).data().toString();
        return cells.join('|');
    }

    ChangeModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(ChangeModelTest, ShowsOldAndNew) {
    model.setPreview(eightLines());
    // t0 and t1 are more than two lines from a change.
    ASSERT_EQ(model.rowCount(), 7);
    EXPECT_TRUE(model.isSkipped(0));
    EXPECT_EQ(row(0), "2 equal lines|||||||||");
    EXPECT_EQ(row(1), "4|t2|127.0||·||3f800000||·|");
    EXPECT_EQ(row(3), "6|t4|127.0|→|254.0|+100 %|3f800000|→|40000000|by hand");
    EXPECT_EQ(row(6), "·|t7|127.0|→|float||3f800000|→|·|kept in float");
    EXPECT_TRUE(model.index(3, ChangeModel::After).data(Qt::FontRole).value<QFont>().bold() ||
                model.index(3, ChangeModel::After).data(Qt::FontRole).value<QFont>().weight() ==
                    QFont::DemiBold);
    EXPECT_TRUE(model.index(3, 0).data(Qt::BackgroundRole).isValid());
    EXPECT_FALSE(model.index(2, 0).data(Qt::BackgroundRole).isValid());
}

TEST_F(ChangeModelTest, ShowsAllLines) {
    model.setPreview(eightLines());
    model.setShowsAll(true);
    EXPECT_EQ(model.rowCount(), 8);
    EXPECT_EQ(row(0), "2|t0|127.0||·||3f800000||·|");
    model.setPreview(nullptr);
    EXPECT_EQ(model.rowCount(), 0);
}

TEST_F(ChangeModelTest, ShowsNewLinesLostOnesAndRanges) {
    auto preview = eightLines();
    preview->lines[0].before.reset();
    preview->lines[1].after.reset();
    preview->lines[2].after = ExportedScale{0.5f, -26, true, -1.139, 13.6};
    model.setPreview(preview);
    EXPECT_EQ(row(0), "2|t0|·|→|127.0|new|·|→|3f800000|entropy");
    EXPECT_EQ(row(1), "3|t1|127.0|→|left out||3f800000|→|·|entropy");
    EXPECT_EQ(row(2), "4|t2|127.0|→|−1.14 … 13.6|−50.0 %|3f800000|→|3f000000|entropy");
}

}  // namespace
}  // namespace clipscope::widgets
