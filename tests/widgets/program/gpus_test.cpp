// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <gtest/gtest.h>

#include "app/gui/window.h"
#include "tests/temporary_folder.h"

namespace clipscope::app {
namespace {

constexpr int kPatience = 60'000;  ///< ms

TEST(Program, ItsWindowOffersTheGpusOfTheMachine) {
    const TemporaryFolder folder;
    QSettings settings(QString::fromStdString((folder / "settings.ini").string()),
                       QSettings::IniFormat);
    const auto window = makeWindow(settings);
    ASSERT_TRUE(QTest::qWaitFor([&] { return window->isSettled(); }, kPatience));
    const auto* box = window->findChild<QComboBox*>("deviceBox");
    ASSERT_TRUE(box);
    EXPECT_EQ(box->itemText(0).toStdString(), "Automatic: cuda:0 Stepped One");
    EXPECT_GE(box->findData("cuda:1"), 0);
    // And its calibrations run there.
    window->calibration().setDevice("cuda:1");
    session::CalibrationRequest request{.model = std::string(CLIPSCOPE_EXAMPLES) + "/lenet.onnx",
                                        .method = "minmax"};
    request.samples.data = {std::string(CLIPSCOPE_EXAMPLES) + "/digits"};
    request.samples.limit = 2;
    window->calibration().setRequest(request);
    window->calibration().start();
    ASSERT_TRUE(QTest::qWaitFor([&] { return window->isSettled(); }, kPatience));
    ASSERT_TRUE(window->document().session());
    EXPECT_EQ(window->document().session()->device, "stepped");
}

}  // namespace
}  // namespace clipscope::app
