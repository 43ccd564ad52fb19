// SPDX-License-Identifier: GPL-3.0-or-later
// What is opened, dropped, damaged or moved, and what the window says of it.
#include <QCloseEvent>
#include <QFile>
#include <fstream>

#include "analysis/data/zip_archive.h"
#include "analysis/session/session_file.h"
#include "tests/widgets/small_session.h"
#include "tests/widgets/window/window_fixture.h"

namespace clipscope::widgets {
namespace {

QString currentPage(MainWindow& window) {
    return window.findChild<QTabWidget*>("tabs")->currentWidget()->objectName();
}

TEST_F(WindowTest, StartsWithTheStartPage) {
    EXPECT_TRUE(find<StartPage>("startPage")->isVisible());
    EXPECT_FALSE(find<QDockWidget>("tensorsDock")->isVisible());
    EXPECT_EQ(window().windowTitle(), "Clipscope");
}

TEST_F(WindowTest, AModelIsListedBeforeAnythingRan) {
    open({kExamples + "/lenet.onnx"});
    ASSERT_TRUE(document().session());
    EXPECT_EQ(currentPage(window()), "calibrationPage");
    EXPECT_FALSE(document().isModified());
    EXPECT_TRUE(find<QLabel>("setupMissing")->text().contains("samples"));
    EXPECT_FALSE(action("export")->isEnabled());
    EXPECT_TRUE(find<QLabel>("tensorSummary")->text().contains("of 10 tensors"));
}

TEST_F(WindowTest, FilesAreDroppedOnAnyStateOfTheWindow) {
    drop(find<StartPage>("startPage"), {kExamples + "/lenet.onnx"});
    ASSERT_TRUE(document().session());
    drop(&window(), {kExamples + "/digits"});
    ASSERT_EQ(window().calibration().request().samples.data.size(), 1u);
    EXPECT_EQ(find<QLabel>("sampleFacts")->text().toStdString(), "360 samples");
    // The same folder again is not taken twice.
    drop(&window(), {kExamples + "/digits"});
    EXPECT_EQ(window().calibration().request().samples.data.size(), 1u);
    session::saveSession(*smallSession(), path("small.clipscope").toStdString());
    drop(&window(), {path("small.clipscope")});
    EXPECT_EQ(document().session()->modelName, "small.onnx");
    EXPECT_EQ(currentPage(window()), "tensorPage");
}

/// The cache of TensorRT's MNIST sample: data conv1 pool1 conv2 pool2 ip1 ip2 prob.
const QString kMnist =
    QStringLiteral(CLIPSCOPE_TEST_DATA "/formats/real/real-x03-TRT-7000-EntropyCalibration2.cache");

TEST_F(WindowTest, ACacheOnAModelMarksWhatIsMissing) {
    open({kExamples + "/lenet.onnx", kMnist});
    ASSERT_TRUE(document().session());
    EXPECT_EQ(currentPage(window()), "tensorPage");
    std::vector<std::string> missing;
    for (const session::TensorEntry& entry : document().session()->tensors)
        if (entry.fileState == session::RangeFileState::Missing)
            missing.push_back(entry.name);
    EXPECT_EQ(missing, (std::vector<std::string>{"flatten1", "relu1"}));
    find<QLineEdit>("tensorFilter")->setText("missing");
    ASSERT_TRUE(settle());
    EXPECT_EQ(window().tensorsPane().proxy().rowCount(), 2);
    EXPECT_TRUE(action("export")->isEnabled());
    // There is nothing to plot, and it says why.
    EXPECT_NE(window().tensorPage().emptyText(), "");
}

TEST_F(WindowTest, ACacheOpenedAfterItsModelIsHeldAgainstIt) {
    open({kExamples + "/shifted.onnx"});
    open({kMnist});
    const auto& tensors = document().session()->tensors;
    EXPECT_GT(std::ranges::count(tensors, session::RangeFileState::Extra,
                                 &session::TensorEntry::fileState),
              0);
}

TEST_F(WindowTest, WhatCannotBeOpenedIsSaidWhereItBelongs) {
    open({path("gone.onnx")});
    EXPECT_NE(message().find("gone.onnx"), std::string::npos);
    std::ofstream(path("text.onnx").toStdString()) << "this is no model";
    open({path("text.onnx")});
    EXPECT_NE(message().find("text.onnx"), std::string::npos);
    std::ofstream(path("bad.clipscope").toStdString()) << "PK\x03\x04 and nothing more";
    open({path("bad.clipscope")});
    EXPECT_NE(message().find("bad.clipscope"), std::string::npos);
    EXPECT_FALSE(document().session());
    EXPECT_GE(window().log().count(LogLevel::Error), 3);
}

TEST_F(WindowTest, ASessionOfANewerVersionSaysSo) {
    data::ZipWriter newer(path("newer.clipscope").toStdString());
    newer.add("manifest.json", R"({"clipscope_session": 99})",
              data::ZipWriter::Compression::Stored);
    newer.add("tensors.json", "{}", data::ZipWriter::Compression::Stored);
    newer.commit();
    open({path("newer.clipscope")});
    EXPECT_NE(message().find("newer.clipscope"), std::string::npos) << message();
    EXPECT_NE(message().find("newer Clipscope"), std::string::npos) << message();
    EXPECT_FALSE(document().session());
}

TEST_F(WindowTest, AModelThatWasMovedIsAskedForAndEverythingElseWorks) {
    session::saveSession(*smallSession(), path("small.clipscope").toStdString());
    open({path("small.clipscope")});
    EXPECT_NE(message().find("/nowhere/small.onnx"), std::string::npos);
    EXPECT_TRUE(window().messageBar().findChild<QAbstractButton*>());
    EXPECT_TRUE(action("export")->isEnabled());
    document().edit(0, session::symmetricSetting(0.5, "manual"), false, "T");
    EXPECT_EQ(document().editedCount(), 1);
    action("calibrate")->trigger();
    EXPECT_NE(message().find("locate the model"), std::string::npos);
    m_answers.model = kExamples + "/lenet.onnx";
    action("locateModel")->trigger();
    ASSERT_TRUE(settle());
    EXPECT_EQ(window().calibration().request().model.string(),
              (kExamples + "/lenet.onnx").toStdString());
}

TEST_F(WindowTest, AModelBesideItsSessionIsFound) {
    auto session = smallSession();
    session->modelName = "lenet.onnx";
    QFile::copy(kExamples + "/lenet.onnx", path("lenet.onnx"));
    session::saveSession(*session, path("small.clipscope").toStdString());
    open({path("small.clipscope")});
    EXPECT_EQ(message(), "");
    EXPECT_EQ(window().calibration().request().model.string(), path("lenet.onnx").toStdString());
}

TEST_F(WindowTest, EditsAreNotLostWithoutAsking) {
    session::saveSession(*smallSession(), path("small.clipscope").toStdString());
    open({path("small.clipscope")});
    EXPECT_TRUE(window().files().mayDiscard());
    document().edit(0, session::symmetricSetting(0.5, "manual"), false, "T");
    EXPECT_TRUE(window().isWindowModified());

    m_answers.unsaved = Prompts::Unsaved::Cancel;
    QCloseEvent close;
    QApplication::sendEvent(&window(), &close);
    EXPECT_FALSE(close.isAccepted());
    open({kExamples + "/lenet.onnx"});
    EXPECT_EQ(document().session()->modelName, "small.onnx");
    ASSERT_EQ(m_answers.asked.size(), 2);
    EXPECT_TRUE(m_answers.asked.front().contains("small.clipscope"));
    EXPECT_TRUE(m_answers.asked.front().contains("1 tensor"));

    m_answers.unsaved = Prompts::Unsaved::Save;
    open({kExamples + "/lenet.onnx"});
    EXPECT_EQ(document().session()->modelName, "lenet.onnx");
    const session::Session saved = session::loadSession(path("small.clipscope").toStdString());
    EXPECT_FLOAT_EQ(saved.tensors[0].current.threshold(), 0.5f);
}

TEST_F(WindowTest, ASessionIsNeverWrittenOverItsModel) {
    calibrateExample();
    QFile::copy(kExamples + "/lenet.onnx", path("copy.onnx"));
    open({});
    session::CalibrationRequest request = window().calibration().request();
    request.model = path("copy.onnx").toStdString();
    window().calibration().setRequest(request);
    m_answers.session = path("copy.onnx");
    action("save")->trigger();
    EXPECT_NE(message().find("is the model"), std::string::npos);
    EXPECT_EQ(QFile(path("copy.onnx")).size(), QFile(kExamples + "/lenet.onnx").size());
    m_answers.session = path("no-such-folder/x.clipscope");
    action("save")->trigger();
    EXPECT_NE(message().find("no-such-folder"), std::string::npos);
    EXPECT_TRUE(document().isModified());
}

TEST_F(WindowTest, OpenedFilesAreRemembered) {
    session::saveSession(*smallSession(), path("small.clipscope").toStdString());
    open({path("small.clipscope")});
    action("closeDocument")->trigger();
    EXPECT_TRUE(find<StartPage>("startPage")->isVisible());
    EXPECT_FALSE(document().session());
    RecentFiles recent(m_settings);
    ASSERT_EQ(recent.files().size(), 1);
    EXPECT_EQ(recent.files().front().path, path("small.clipscope"));
    EXPECT_EQ(recent.files().front().tensors, 3);
}

}  // namespace
}  // namespace clipscope::widgets
