// SPDX-License-Identifier: GPL-3.0-or-later
// A calibration on a device that is made up: what the window says of it.
#include "tests/widgets/calibration/fake_devices.h"
#include "tests/widgets/window/window_fixture.h"

namespace clipscope::widgets {
namespace {

class OnADevice : public WindowTest {
protected:
    void calibrateALittle() {
        open({kExamples + "/lenet.onnx", kExamples + "/digits"});
        session::CalibrationRequest request = window().calibration().request();
        request.samples.limit = 8;
        window().calibration().setRequest(request);
        action("calibrate")->trigger();
        ASSERT_TRUE(settle());
        ASSERT_TRUE(document().session());
        ASSERT_EQ(document().session()->samples.size(), 8u);
    }
    std::string logged() {
        std::string all;
        for (int row = 0; row < window().log().rowCount(); ++row)
            all += window().log().index(row, LogModel::Text).data().toString().toStdString() + '\n';
        return all;
    }
    void expectLogged(const std::string& part) {
        EXPECT_NE(logged().find(part), std::string::npos)
            << part << " is missing from " << logged();
    }
};

TEST_F(OnADevice, LogMessageAndStatusSayWhereItRan) {
    const auto devices = std::make_shared<FakeDevices>();
    devices->gpus = twoGpus();
    window().calibration().devices().setCatalog(devices);
    ASSERT_TRUE(settle());
    EXPECT_EQ(find<QLabel>("statusDevice")->text(), "cuda:0 NVIDIA H200");
    window().calibration().setDevice("cuda:1");
    EXPECT_EQ(find<QLabel>("statusDevice")->text(), "cuda:1 NVIDIA T4");
    calibrateALittle();
    expectLogged(" with entropy on cuda:1 NVIDIA T4");
    expectLogged(" s on cuda:1 Fake GPU");
    expectLogged("1 node of 9 on the CPU");
    EXPECT_NE(message().find("1 node of 9 on the CPU"), std::string::npos) << message();
}

TEST_F(OnADevice, AGpuThatCannotBeUsedIsToldInTheWordsOfTheWindow) {
    const auto devices = std::make_shared<FakeDevices>();
    devices->gpus = twoGpus();
    devices->refusal = "the GPU is of no use: use a smaller --batch, or run with --device cpu";
    window().calibration().devices().setCatalog(devices);
    ASSERT_TRUE(settle());
    calibrateALittle();
    EXPECT_EQ(document().session()->device, "cpu");
    const std::string told =
        "ran on the CPU: the GPU is of no use: use a smaller batch, or run on the CPU";
    EXPECT_EQ(message(), told);
    expectLogged(told);
}

/// The window is closed and opened again, with these GPUs.
class DeviceOfTheLastStart : public OnADevice {
protected:
    void startAgain(const std::vector<runtime::DeviceInfo>& gpus) {
        m_window->close();
        m_window = std::make_unique<MainWindow>(m_settings);
        m_window->show();
        m_devices = std::make_shared<FakeDevices>();
        m_devices->gpus = gpus;
        window().calibration().devices().setCatalog(m_devices);
        ASSERT_TRUE(settle());
    }
    const std::string& device() { return window().calibration().device(); }

    std::shared_ptr<FakeDevices> m_devices;
};

TEST_F(DeviceOfTheLastStart, IsChosenAgain) {
    EXPECT_EQ(device(), "auto");
    window().calibration().setDevice("cuda:1");
    startAgain(twoGpus());
    EXPECT_EQ(device(), "cuda:1");
    EXPECT_EQ(find<QComboBox>("deviceBox")->currentData().toString(), "cuda:1");
    EXPECT_EQ(find<QLabel>("statusDevice")->text(), "cuda:1 NVIDIA T4");
    EXPECT_EQ(message(), "");
    window().calibration().setDevice(kCpuDevice);
    startAgain({});
    EXPECT_EQ(device(), "cpu");
    EXPECT_EQ(message(), "");
}

TEST_F(DeviceOfTheLastStart, IsAutomaticWhereItIsGone) {
    window().calibration().setDevice("cuda:1");
    startAgain({twoGpus().front()});
    EXPECT_EQ(device(), "auto");
    EXPECT_EQ(find<QComboBox>("deviceBox")->currentData().toString(), "auto");
    const std::string told =
        "cuda:1, which was chosen last time, is not there now: the device is chosen "
        "automatically, cuda:0 NVIDIA H200.";
    EXPECT_EQ(message(), told);
    expectLogged(told);
    startAgain(twoGpus());
    EXPECT_EQ(device(), "auto");
    EXPECT_EQ(message(), "");
}

TEST_F(DeviceOfTheLastStart, GivesWayToAChoiceMadeBeforeTheDriverAnswers) {
    window().calibration().setDevice("cuda:1");
    m_window->close();
    m_window = std::make_unique<MainWindow>(m_settings);
    std::promise<void> answer;
    const auto devices = std::make_shared<FakeDevices>();
    devices->answer = answer.get_future().share();
    window().calibration().devices().setCatalog(devices);
    EXPECT_EQ(device(), "cuda:1");
    window().calibration().setDevice("cuda:7");
    answer.set_value();
    ASSERT_TRUE(settle());
    EXPECT_EQ(device(), "cuda:7");
    EXPECT_EQ(message(), "");
}

TEST_F(OnADevice, OnTheCpuNothingIsSaidOfGpus) {
    EXPECT_TRUE(find<QLabel>("statusDevice")->text().startsWith("CPU, "));
    calibrateALittle();
    expectLogged(" with entropy on CPU, ");
    EXPECT_EQ(message(), "");
}

}  // namespace
}  // namespace clipscope::widgets
