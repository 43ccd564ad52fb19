// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/live_model.h"

#include <QAbstractItemModelTester>

#include <gtest/gtest.h>

#include "widgets/calibration/time_curve.h"

namespace clipscope::widgets {
namespace {

using session::LiveSnapshot;

std::shared_ptr<LiveSnapshot> snapshot(int64_t done) {
    static const auto kNames = std::make_shared<const std::vector<LiveSnapshot::Name>>(
        std::vector<LiveSnapshot::Name>{{"data", "Input"}, {"conv", "Conv"}, {"out", "Gemm"}});
    auto made = std::make_shared<LiveSnapshot>();
    made->names = kNames;
    made->done = done;
    made->total = 100;
    made->tensors.resize(3);
    made->tensors[0].amax = 1;
    made->tensors[0].raisedBy = 3;
    made->tensors[1].amax = 12.5f;
    made->tensors[1].raisedBy = done - 1;
    return made;
}

TEST(LiveModel, IsAModel) {
    LiveModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(model.rowCount(), 0);
    model.setSnapshot(snapshot(50));
    EXPECT_EQ(model.rowCount(), 3);
    model.setSnapshot(snapshot(60));
    model.setSnapshot(nullptr);
    EXPECT_EQ(model.rowCount(), 0);
}

// A GPU's rates have four digits and more.
TEST(TimeCurve, LabelsHaveNoExponent) {
    EXPECT_EQ(axisText(0).toStdString(), "0");
    EXPECT_EQ(axisText(0.5).toStdString(), "0.5");
    EXPECT_EQ(axisText(150).toStdString(), "150");
    EXPECT_EQ(axisText(2000).toStdString(), "2,000");
    EXPECT_EQ(axisText(12500).toStdString(), "12,500");
}

TEST(LiveModel, MarksWhatGrewLately) {
    LiveModel model;
    model.setSnapshot(snapshot(50));
    const auto text = [&](int row, int column) {
        return model.index(row, column).data().toString().toStdString();
    };
    EXPECT_EQ(text(1, LiveModel::Tensor), "conv");
    EXPECT_EQ(text(1, LiveModel::Amax), "12.50");
    EXPECT_EQ(text(1, LiveModel::RaisedBy), "sample 49");
    EXPECT_EQ(text(2, LiveModel::Amax), "–");  // not seen yet
    EXPECT_FALSE(model.isGrowing(0));
    EXPECT_TRUE(model.isGrowing(1));
    EXPECT_FALSE(model.isGrowing(2));
    EXPECT_EQ(model.growingCount(), 1);
    // At the very start everything grows, which says nothing.
    model.setSnapshot(snapshot(10));
    EXPECT_EQ(model.growingCount(), 0);
}

}  // namespace
}  // namespace clipscope::widgets
