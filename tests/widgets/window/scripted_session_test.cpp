// SPDX-License-Identifier: GPL-3.0-or-later
// One sitting from model to cache, with the mouse and the keyboard.
#include <QProcess>
#include <QSignalSpy>
#include <QSpinBox>

#include "analysis/base/atomic_file.h"
#include "analysis/formats/scale_text.h"
#include "analysis/session/session_file.h"
#include "tests/widgets/long_samples.h"
#include "tests/widgets/window/window_fixture.h"
#include "widgets/exporting/export_dialog.h"

namespace clipscope::widgets {
namespace {

using session::RangeEnd;

/// Runs the command line's program; its exit status.
int runCli(const QStringList& arguments) {
    QProcess process;
    process.start(QStringLiteral(CLIPSCOPE_CLI), arguments);
    EXPECT_TRUE(process.waitForFinished(kPatience));
    return process.exitCode();
}

std::string bytesOf(const QString& path) {
    return readFile(path.toStdString());
}

class Sitting : public WindowTest {
protected:
    PlotStack& plots() { return window().tensorPage().plots(); }

    void mouse(QEvent::Type type, const QPointF& at, Qt::MouseButtons buttons,
               Qt::KeyboardModifiers keys = Qt::NoModifier) {
        const auto button = type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton;
        QMouseEvent event(type, at, plots().mapToGlobal(at), button, buttons, keys);
        QApplication::sendEvent(&plots(), &event);
    }
    /// Moves the high handle by so many pixels, past the ticks of the methods (Alt).
    void dragHandle(double pixels) {
        const QPointF from(plots().overlay().pixelOf(RangeEnd::High), plots().height() / 3.0);
        const QPointF to = from + QPointF(pixels, 0);
        mouse(QEvent::MouseButtonPress, from, Qt::LeftButton);
        for (double part = 0.25; part <= 1; part += 0.25)
            mouse(QEvent::MouseMove, from + part * (to - from), Qt::LeftButton, Qt::AltModifier);
        mouse(QEvent::MouseButtonRelease, to, Qt::NoButton);
        EXPECT_TRUE(settle());
    }
    float threshold(const char* name) { return tensor(name).current.threshold(); }

    /// Exports through the dialog, as a TensorRT cache.
    void exportTo(const QString& path) {
        auto* dialog = qobject_cast<ExportDialog*>(window().showExport());
        ASSERT_TRUE(dialog);
        QSignalSpy exported(dialog, &ExportDialog::exported);
        dialog->findChild<QLineEdit*>("fileField")->setText(path);
        QElapsedTimer waited;
        waited.start();
        do
            QApplication::processEvents(QEventLoop::AllEvents, 10);
        while (!dialog->isComplete() && waited.elapsed() < kPatience);
        EXPECT_FALSE(QFile::exists(path)) << "nothing is written before it was seen";
        QTest::mouseClick(dialog->findChild<QPushButton*>("exportButton"), Qt::LeftButton);
        ASSERT_TRUE(exported.count() == 1 || exported.wait(kPatience));
    }
};

TEST_F(Sitting, FromModelToCache) {
    // Open the example, calibrate.
    calibrateExample();
    EXPECT_TRUE(window().isWindowModified());
    QTableView* table = find<QTableView>("tensorTable");
    TensorProxy& proxy = window().tensorsPane().proxy();
    EXPECT_GE(proxy.rowCount(), 10);

    // Filter, select.
    QTest::keyClicks(find<QLineEdit>("tensorFilter"), "op:Gemm");
    ASSERT_TRUE(settle());
    ASSERT_EQ(proxy.rowCount(), 2);
    const QModelIndex second = proxy.index(1, 0);
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(second).center());
    ASSERT_TRUE(settle());
    EXPECT_EQ(document().selected(), static_cast<int>(document().session()->indexOf("ip2")));
    find<QLineEdit>("tensorFilter")->clear();

    // Drag the handle: the threshold is where the mouse let go.
    const float before = threshold("ip2");
    const double target = plots().overlay().pixelOf(RangeEnd::High) - 60;
    dragHandle(-60);
    EXPECT_LT(threshold("ip2"), before);
    EXPECT_NEAR(plots().overlay().pixelOf(RangeEnd::High), target, 1.5);
    EXPECT_EQ(document().undoStack().count(), 1);
    EXPECT_EQ(document().editedCount(), 1);

    // Nudge by a bin, by ten; undo, redo.
    const float dragged = threshold("ip2");
    const double bin = static_cast<double>(tensor("ip2").statistics.histogram.amax()) / 2048;
    plots().setFocus();
    QTest::keyClick(&plots(), Qt::Key_Right);
    EXPECT_NEAR(static_cast<double>(threshold("ip2") - dragged), bin, bin * 1e-3);
    QTest::keyClick(&plots(), Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_NEAR(static_cast<double>(threshold("ip2") - dragged), 11 * bin, bin * 1e-2);
    action("undo")->trigger();
    EXPECT_EQ(threshold("ip2"), dragged);
    action("undo")->trigger();
    EXPECT_EQ(threshold("ip2"), before);
    action("redo")->trigger();
    EXPECT_EQ(threshold("ip2"), dragged);

    // Type the eight digits of a cache: T = 20 (20/127 as a float32 is 3e214285).
    ASSERT_TRUE(settle());
    auto* hex = find<QLineEdit>("hexField");
    hex->setFocus();
    hex->selectAll();
    QTest::keyClicks(hex, "3e214285");
    QTest::keyClick(hex, Qt::Key_Return);
    EXPECT_EQ(formats::hexOfScale(tensor("ip2").current.scale), "3e214285");
    EXPECT_FLOAT_EQ(threshold("ip2"), 20);

    // Keep another one in float.
    select("prob");
    QTest::mouseClick(find<QAbstractButton>("floatCheck"), Qt::LeftButton);
    EXPECT_TRUE(tensor("prob").current.keepFloat);

    // Save, reopen.
    m_answers.session = path("edited.clipscope");
    action("save")->trigger();
    EXPECT_FALSE(document().isModified());
    EXPECT_FALSE(window().isWindowModified());
    action("closeDocument")->trigger();
    EXPECT_FALSE(document().session());
    open({path("edited.clipscope")});
    EXPECT_FLOAT_EQ(threshold("ip2"), 20);
    EXPECT_TRUE(tensor("prob").current.keepFloat);
    EXPECT_EQ(document().editedCount(), 2);
    EXPECT_TRUE(m_answers.asked.isEmpty());

    // Export: byte for byte what the command line writes.
    exportTo(path("window.cache"));
    ASSERT_EQ(runCli({"export", path("edited.clipscope"), "-o", path("cli.cache"), "--format",
                      "tensorrt"}),
              0);
    const std::string exported = bytesOf(path("window.cache"));
    EXPECT_EQ(exported, bytesOf(path("cli.cache")));
    EXPECT_NE(exported.find("ip2: 3e214285\n"), std::string::npos);
    EXPECT_EQ(exported.find("prob:"), std::string::npos);
}

TEST_F(Sitting, ACalibrationGivesWhatTheCommandLineGives) {
    calibrateExample();
    m_answers.session = path("window.clipscope");
    action("save")->trigger();
    ASSERT_EQ(runCli({"calibrate", kExamples + "/lenet.onnx", "--data", kExamples + "/digits",
                      "--session", path("cli.clipscope")}),
              0);
    EXPECT_EQ(bytesOf(path("window.clipscope")), bytesOf(path("cli.clipscope")));
}

TEST_F(Sitting, CancelInMidRunChangesNothing) {
    writeLongSamples(path("long.npy").toStdString());
    open({kExamples + "/lenet.onnx", path("long.npy")});
    QSignalSpy live(&window().calibration(), &CalibrationController::liveChanged);
    action("calibrate")->trigger();
    ASSERT_TRUE(live.count() > 0 || live.wait(kPatience));
    EXPECT_TRUE(find<QWidget>("livePane")->isVisible());
    EXPECT_TRUE(action("cancel")->isVisible());
    QElapsedTimer clock;
    clock.start();
    action("cancel")->trigger();
    EXPECT_FALSE(window().calibration().isRunning());
    EXPECT_LT(clock.elapsed(), 1000);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(document().session()->samples.empty());
    EXPECT_FALSE(document().isModified());
    EXPECT_FALSE(find<QWidget>("livePane")->isVisible());
}

TEST_F(Sitting, WhatWasCollectedCanBeKeptAsPartial) {
    writeLongSamples(path("long.npy").toStdString());
    open({kExamples + "/lenet.onnx", path("long.npy")});
    QSignalSpy live(&window().calibration(), &CalibrationController::liveChanged);
    action("calibrate")->trigger();
    ASSERT_TRUE(live.count() > 0 || live.wait(kPatience));
    find<QPushButton>("useWhatIsThere")->click();
    ASSERT_TRUE(settle());
    ASSERT_TRUE(document().session()->isPartial);
    EXPECT_NE(message().find("partial"), std::string::npos);
}

TEST_F(Sitting, AnotherMethodForTheWholeSession) {
    calibrateExample();
    const float entropy = threshold("relu1");
    auto* method = find<QComboBox>("methodChoice");
    EXPECT_EQ(method->currentText(), "entropy");
    method->setCurrentText("minmax");
    emit method->textActivated("minmax");
    ASSERT_TRUE(settle());
    EXPECT_EQ(threshold("relu1"), tensor("relu1").statistics.histogram.amax());
    action("undo")->trigger();
    EXPECT_EQ(threshold("relu1"), entropy);
    EXPECT_EQ(method->currentText(), "entropy");
}

TEST_F(Sitting, EscapeRevertsADrag) {
    calibrateExample();
    select("conv2");
    const float before = threshold("conv2");
    const QPointF from(plots().overlay().pixelOf(RangeEnd::High), plots().height() / 3.0);
    mouse(QEvent::MouseButtonPress, from, Qt::LeftButton);
    mouse(QEvent::MouseMove, from - QPointF(40, 0), Qt::LeftButton, Qt::AltModifier);
    EXPECT_LT(document().shownSetting(document().selected()).threshold(), before);
    QTest::keyClick(&plots(), Qt::Key_Escape);
    mouse(QEvent::MouseButtonRelease, from - QPointF(40, 0), Qt::NoButton);
    EXPECT_EQ(threshold("conv2"), before);
    EXPECT_FALSE(document().undoStack().canUndo());
}

}  // namespace
}  // namespace clipscope::widgets
