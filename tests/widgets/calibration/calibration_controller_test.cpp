// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/calibration_controller.h"

#include <QSignalSpy>

#include <gtest/gtest.h>

#include "tests/temporary_folder.h"
#include "tests/widgets/long_samples.h"
#include "widgets/calibration/calibration_page.h"

namespace clipscope::widgets {
namespace {

const std::filesystem::path kExamples = CLIPSCOPE_EXAMPLES;
constexpr int kPatience = 60'000;  ///< ms

session::CalibrationRequest lenet() {
    session::CalibrationRequest request{.model = kExamples / "lenet.onnx", .method = "minmax"};
    request.samples.data = {kExamples / "digits"};
    return request;
}

/// A run that lasts for seconds.
struct LongRun : testing::Test {
    TemporaryFolder folder;
    CalibrationController controller;
    LongRun() {
        session::CalibrationRequest request = lenet();
        request.samples.data = {writeLongSamples(folder / "long.npy")};
        controller.setRequest(request);
    }
};

TEST(CalibrationController, SaysWhatIsMissing) {
    CalibrationController controller;
    EXPECT_TRUE(controller.whatIsMissing().contains("model"));
    session::CalibrationRequest request = lenet();
    request.samples.data.clear();
    controller.setRequest(request);
    EXPECT_TRUE(controller.whatIsMissing().contains("samples"));
    request = lenet();
    request.model = "/nowhere/gone.onnx";
    controller.setRequest(request);
    EXPECT_TRUE(controller.whatIsMissing().contains("/nowhere/gone.onnx"));
    QSignalSpy failed(&controller, &CalibrationController::failed);
    controller.start();
    ASSERT_EQ(failed.count(), 1);
    EXPECT_FALSE(controller.isRunning());
}

TEST(CalibrationController, ARunGivesASessionAndLiveHistograms) {
    CalibrationController controller;
    controller.setRequest(lenet());
    std::shared_ptr<session::Session> session;
    QObject::connect(&controller, &CalibrationController::finished,
                     [&](std::shared_ptr<session::Session> made) { session = std::move(made); });
    QSignalSpy finished(&controller, &CalibrationController::finished);
    QSignalSpy live(&controller, &CalibrationController::liveChanged);
    controller.start();
    EXPECT_TRUE(controller.isRunning());
    ASSERT_TRUE(finished.wait(kPatience));
    ASSERT_TRUE(session);
    EXPECT_FALSE(session->isPartial);
    EXPECT_EQ(session->samples.size(), 360u);
    EXPECT_EQ(session->method, "minmax");
    EXPECT_GE(live.count(), 1);
    EXPECT_EQ(controller.status().done, 360);
    EXPECT_GT(controller.status().rate, 0);
}

TEST_F(LongRun, CancelComesAtOnceAndDropsTheRun) {
    QSignalSpy live(&controller, &CalibrationController::liveChanged);
    QSignalSpy finished(&controller, &CalibrationController::finished);
    QSignalSpy cancelled(&controller, &CalibrationController::cancelled);
    controller.start();
    ASSERT_TRUE(live.wait(kPatience));
    controller.cancel();
    EXPECT_EQ(cancelled.count(), 1);
    EXPECT_FALSE(controller.isRunning());
    EXPECT_FALSE(finished.wait(300));
    EXPECT_EQ(finished.count(), 0);
}

TEST_F(LongRun, WhatIsThereBecomesAPartialSession) {
    std::shared_ptr<session::Session> session;
    QObject::connect(&controller, &CalibrationController::finished,
                     [&](std::shared_ptr<session::Session> made) { session = std::move(made); });
    QSignalSpy live(&controller, &CalibrationController::liveChanged);
    QSignalSpy finished(&controller, &CalibrationController::finished);
    controller.start();
    ASSERT_TRUE(live.wait(kPatience));
    controller.useWhatIsThere();
    ASSERT_TRUE(finished.count() > 0 || finished.wait(kPatience));
    ASSERT_TRUE(session);
    EXPECT_TRUE(session->isPartial);
    EXPECT_GE(session->samples.size(), 1u);
    EXPECT_LT(session->samples.size(), 6000u);
}

TEST(CalibrationController, ARunThatFailsSaysWhy) {
    CalibrationController controller;
    session::CalibrationRequest request = lenet();
    request.samples.data = {kExamples / "nothing-here"};
    controller.setRequest(request);
    QSignalSpy failed(&controller, &CalibrationController::failed);
    controller.start();
    ASSERT_TRUE(failed.wait(kPatience));
    EXPECT_TRUE(failed.front().front().toString().contains("nothing-here"));
    EXPECT_FALSE(controller.isRunning());
}

TEST_F(LongRun, IsShownWhileItGoesOn) {
    CalibrationPage page(controller);
    page.resize(900, 700);
    page.show();
    EXPECT_EQ(page.currentWidget()->objectName(), "setupPage");
    QSignalSpy live(&controller, &CalibrationController::liveChanged);
    page.findChild<QPushButton*>("startButton")->click();
    EXPECT_EQ(page.currentWidget()->objectName(), "runPage");
    ASSERT_TRUE(live.wait(kPatience));
    EXPECT_TRUE(page.findChild<QLabel*>("runShare")->text().contains("of 6,000 samples"));
    page.findChild<QPushButton*>("cancelRun")->click();
    EXPECT_EQ(page.currentWidget()->objectName(), "setupPage");
}

}  // namespace
}  // namespace clipscope::widgets
