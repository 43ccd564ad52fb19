// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/device_picker.h"

#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTest>

#include <gtest/gtest.h>

#include "tests/widgets/calibration/fake_devices.h"
#include "widgets/calibration/calibration_page.h"

namespace clipscope::widgets {
namespace {

const std::filesystem::path kExamples = CLIPSCOPE_EXAMPLES;
constexpr int kPatience = 60'000;  ///< ms

std::string textOf(const QComboBox& box, int index) {
    return box.itemText(index).toStdString();
}

bool isEnabled(const QComboBox& box, int index) {
    return box.model()->index(index, 0).flags().testFlag(Qt::ItemIsEnabled);
}

void await(DeviceList& devices) {
    ASSERT_TRUE(QTest::qWaitFor([&] { return !devices.isAsking(); }, kPatience));
}

TEST(DevicePicker, NamesEachGpuWithItsMemory) {
    const auto fake = std::make_shared<FakeDevices>();
    fake->gpus = twoGpus();
    DeviceList devices;
    const DevicePicker picker(devices);
    devices.setCatalog(fake);
    await(devices);
    ASSERT_EQ(picker.count(), 4);
    EXPECT_EQ(textOf(picker, 0), "Automatic: cuda:0 NVIDIA H200");
    EXPECT_TRUE(textOf(picker, 1).starts_with("CPU, "));
    EXPECT_EQ(textOf(picker, 2), "cuda:0 NVIDIA H200 · 130.0 GiB of 141.0 GiB free");
    EXPECT_EQ(textOf(picker, 3), "cuda:1 NVIDIA T4 · 16.0 GiB");
    for (int i = 0; i < picker.count(); ++i) {
        EXPECT_TRUE(isEnabled(picker, i)) << i;
        EXPECT_FALSE(picker.itemData(i, Qt::ToolTipRole).toString().isEmpty()) << i;
    }
}

TEST(DevicePicker, AsksTheDriverAwayFromTheThreadThatDraws) {
    std::promise<void> answer;
    const auto fake = std::make_shared<FakeDevices>();
    fake->gpus = twoGpus();
    fake->answer = answer.get_future().share();
    DeviceList devices;
    const DevicePicker picker(devices);
    devices.setCatalog(fake);  // which would never return if it asked here
    EXPECT_TRUE(devices.isAsking());
    EXPECT_EQ(textOf(picker, 0), "Automatic: looking for GPUs…");
    EXPECT_EQ(picker.count(), 2);
    answer.set_value();
    await(devices);
    EXPECT_EQ(picker.count(), 4);
}

TEST(DevicePicker, AnEntryThatCannotBeChosenSaysWhyThereIsNoGpu) {
    const auto fake = std::make_shared<FakeDevices>();
    fake->problem = "there is no NVIDIA driver: install one, or run with --device cpu";
    DeviceList devices;
    const DevicePicker picker(devices);
    devices.setCatalog(fake);
    await(devices);
    ASSERT_EQ(picker.count(), 3);
    EXPECT_TRUE(textOf(picker, 0).starts_with("Automatic: CPU, "));
    EXPECT_EQ(textOf(picker, 2), "No GPU");
    EXPECT_FALSE(isEnabled(picker, 2));
    EXPECT_EQ(picker.itemData(2, Qt::ToolTipRole).toString().toStdString(),
              "there is no NVIDIA driver: install one");
}

TEST(DevicePicker, KeepsAChoiceThatIsGone) {
    const auto fake = std::make_shared<FakeDevices>();
    fake->gpus = twoGpus();
    DeviceList devices;
    DevicePicker picker(devices);
    devices.setCatalog(fake);
    await(devices);
    QSignalSpy chosen(&picker, &DevicePicker::deviceChosen);
    picker.setCurrentIndex(3);
    emit picker.activated(3);
    ASSERT_EQ(chosen.count(), 1);
    fake->gpus.pop_back();
    devices.refresh();
    await(devices);
    EXPECT_EQ(picker.currentText().toStdString(), "cuda:1, not there");
    EXPECT_EQ(devices.find("cuda:1"), nullptr);
}

/// A calibration of few samples on devices that are made up.
class RunOnADevice : public testing::Test {
protected:
    RunOnADevice() {
        session::CalibrationRequest request{.model = kExamples / "lenet.onnx", .method = "minmax"};
        request.samples.data = {kExamples / "digits"};
        request.samples.limit = 8;
        m_controller.setRequest(request);
        m_fake->gpus = twoGpus();
        m_controller.devices().setCatalog(m_fake);
        QObject::connect(
            &m_controller, &CalibrationController::finished,
            [this](std::shared_ptr<session::Session> session) { m_session = std::move(session); });
        await(m_controller.devices());
    }
    void run(const std::string& device) {
        m_controller.setDevice(device);
        QSignalSpy finished(&m_controller, &CalibrationController::finished);
        QSignalSpy failed(&m_controller, &CalibrationController::failed);
        m_controller.start();
        ASSERT_TRUE(
            QTest::qWaitFor([&] { return finished.count() + failed.count() > 0; }, kPatience));
        if (failed.count() > 0)
            m_failure = failed.front().front().toString().toStdString();
        await(m_controller.devices());  // which are asked again after a run
    }

    std::shared_ptr<FakeDevices> m_fake = std::make_shared<FakeDevices>();
    CalibrationController m_controller;
    std::shared_ptr<session::Session> m_session;
    std::string m_failure;
};

TEST_F(RunOnADevice, GoesWhereItIsSent) {
    run("cuda:1");
    ASSERT_TRUE(m_session);
    EXPECT_EQ(m_session->device, "cuda:1 Fake GPU");
    run(kCpuDevice);
    EXPECT_EQ(m_session->device, "cpu");
    run(kAutomaticDevice);
    EXPECT_EQ(m_session->device, "cuda:0 Fake GPU");
}

TEST_F(RunOnADevice, AutomaticFallsBackToTheCpuAndSaysSo) {
    m_fake->refusal = "the GPU is of no use: buy another, or run with --device cpu";
    run(kAutomaticDevice);
    ASSERT_TRUE(m_session);
    EXPECT_EQ(m_session->device, "cpu");
    ASSERT_FALSE(m_session->notes.empty());
    EXPECT_EQ(m_session->notes.back(),
              "ran on the CPU: the GPU is of no use: buy another, or run with --device cpu");
    m_session.reset();
    run("cuda:0");
    EXPECT_FALSE(m_session);
    EXPECT_EQ(m_failure, "the GPU is of no use: buy another, or run on the CPU");
}

TEST_F(RunOnADevice, ADeviceThatIsGoneIsMissingBeforeTheRun) {
    EXPECT_EQ(m_controller.whatIsMissing(), "");
    m_controller.setDevice("cuda:7");
    EXPECT_TRUE(m_controller.whatIsMissing().contains("cuda:7"));
}

TEST_F(RunOnADevice, ThePageShowsTheChoiceAndThenWhereItRuns) {
    CalibrationPage page(m_controller);
    auto* box = page.findChild<QComboBox*>("deviceBox");
    ASSERT_TRUE(box);
    box->setCurrentIndex(box->findData("cuda:1"));
    emit box->activated(box->currentIndex());
    EXPECT_EQ(m_controller.device(), "cuda:1");
    EXPECT_TRUE(page.findChild<QLabel*>("deviceNote")->isHidden());
    run("cuda:1");
    // Of the nine nodes of the model one is a softmax.
    const QString where = page.findChild<QLabel*>("runDevice")->text();
    EXPECT_TRUE(where.contains("cuda:1 Fake GPU")) << where.toStdString();
    EXPECT_TRUE(where.contains("1 of 9 nodes, 100 % of the time")) << where.toStdString();
    m_fake->problem = "all GPUs are gone";
    m_controller.devices().refresh();
    await(m_controller.devices());
    EXPECT_EQ(page.findChild<QLabel*>("deviceNote")->text(), "No GPU: all GPUs are gone");
    EXPECT_FALSE(page.findChild<QLabel*>("deviceNote")->isHidden());
}

}  // namespace
}  // namespace clipscope::widgets
