// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/format_model.h"

#include <QAbstractItemModelTester>

#include <gtest/gtest.h>

#include "analysis/formats/format_table.h"

namespace clipscope::widgets {
namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;

TEST(FormatModel, ListsWhatCanBeWrittenUnderItsFamily) {
    FormatModel model;
    const QAbstractItemModelTester tester(&model, Mode::Fatal);
    QStringList families;
    size_t listed = 0;
    for (int row = 0; row < model.rowCount(); ++row) {
        const QModelIndex index = model.index(row);
        if (index.data(FormatModel::IsFamilyRole).toBool()) {
            families << index.data().toString();
            EXPECT_EQ(index.flags(), Qt::NoItemFlags);
        } else {
            ++listed;
            EXPECT_FALSE(index.data(Qt::ToolTipRole).toString().isEmpty());
        }
    }
    EXPECT_EQ(families.first(), "TensorRT");
    EXPECT_EQ(families.last(), "Data");
    size_t writable = 0;
    for (const formats::Format& format : formats::formats())
        writable += format.canWrite ? 1 : 0;
    EXPECT_EQ(listed, writable);
    EXPECT_EQ(model.index(model.rowOf("tensorrt")).data(FormatModel::ExtensionRole), ".cache");
}

TEST(FormatModel, Filters) {
    FormatModel model;
    const QAbstractItemModelTester tester(&model, Mode::Fatal);
    model.setFilter(".csv");
    EXPECT_EQ(model.rowOf("csv"), 1);
    EXPECT_EQ(model.rowOf("tensorrt"), -1);
    model.setFilter("calibration CACHE");
    EXPECT_EQ(model.rowCount(), 2);
    model.setFilter("no such thing");
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(FormatModel, SaysWhatEachLoses) {
    FormatModel model;
    const QAbstractItemModelTester tester(&model, Mode::Fatal);
    std::vector<size_t> lost(formats::formats().size(), 0);
    lost[0] = 3;
    model.setLost(lost);
    const auto first = std::string(formats::formats()[0].id);
    EXPECT_EQ(model.index(model.rowOf(first)).data(FormatModel::LostRole).toInt(), 3);
    EXPECT_EQ(model.index(model.rowOf("csv")).data(FormatModel::LostRole).toInt(), 0);
}

}  // namespace
}  // namespace clipscope::widgets
