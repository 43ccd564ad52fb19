// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/files/dropped_files.h"

#include <QDir>
#include <QFile>
#include <QMimeData>
#include <QUrl>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "analysis/session/session_file.h"
#include "tests/temporary_folder.h"
#include "tests/widgets/small_session.h"

namespace clipscope::widgets {
namespace {

const QString kExamples = QStringLiteral(CLIPSCOPE_EXAMPLES);
constexpr const char* kCache = "TRT-8601-EntropyCalibration2\ndata: 3c010a14\n";

class DroppedFiles : public testing::Test {
protected:
    QString write(const char* name, std::string_view content) const {
        writeFileAtomically(m_folder / name, content);
        return QString::fromStdString((m_folder / name).string());
    }
    QString session(const char* name) const {
        session::saveSession(*smallSession(), m_folder / name);
        return QString::fromStdString((m_folder / name).string());
    }
    OpenRequest taken(const QStringList& paths) {
        QString problem = QStringLiteral("left from before");
        OpenRequest request = classify(paths, &problem);
        EXPECT_EQ(problem.toStdString(), "");
        return request;
    }
    void expectProblem(const QStringList& paths, const QStringList& says) {
        QString problem;
        EXPECT_TRUE(classify(paths, &problem).isEmpty());
        for (const QString& part : says)
            EXPECT_TRUE(problem.contains(part))
                << problem.toStdString() << "\n  does not say " << part.toStdString();
    }

    TemporaryFolder m_folder;
    const QString m_lenet = kExamples + QStringLiteral("/lenet.onnx");
    const QString m_shifted = kExamples + QStringLiteral("/shifted.onnx");
    const QString m_digits = kExamples + QStringLiteral("/digits");
    const QString m_recipe = kExamples + QStringLiteral("/lenet.preprocess.json");
};

TEST_F(DroppedFiles, AModelWithItsSamplesRecipeAndRanges) {
    const QString cache = write("lenet.cache", kCache);
    const QString arrays = QStringLiteral(CLIPSCOPE_TEST_DATA "/npy/stored.npz");
    const OpenRequest request = taken({m_digits, m_recipe, m_lenet, cache, arrays, m_lenet});
    EXPECT_EQ(request.model, m_lenet);
    EXPECT_EQ(request.data, QStringList({m_digits, arrays}));
    EXPECT_EQ(request.recipe, m_recipe);
    EXPECT_EQ(request.ranges, cache);
    EXPECT_EQ(request.session, "");
    EXPECT_FALSE(request.isEmpty());
}

TEST_F(DroppedFiles, ASessionWithItsMovedModel) {
    const QString path = session("s.clipscope");
    const OpenRequest request = taken({path, m_lenet});
    EXPECT_EQ(request.session, path);
    EXPECT_EQ(request.model, m_lenet);
}

TEST_F(DroppedFiles, PathsBecomeAbsolute) {
    const QString before = QDir::currentPath();
    QDir::setCurrent(kExamples);
    EXPECT_EQ(taken({QStringLiteral("./digits/../lenet.onnx")}).model, m_lenet);
    QDir::setCurrent(before);
}

TEST_F(DroppedFiles, NothingAsksForNothing) {
    EXPECT_TRUE(taken({}).isEmpty());
}

TEST_F(DroppedFiles, NamesOutsideAscii) {
    const QString folder = QString::fromStdString((m_folder / "Größe").string());
    ASSERT_TRUE(QDir().mkpath(folder));
    const QString model = folder + QStringLiteral("/模型.onnx");
    ASSERT_TRUE(QFile::copy(m_lenet, model));
    EXPECT_EQ(taken({model}).model, model);
}

TEST_F(DroppedFiles, TwoOfAKindAreNamed) {
    expectProblem({m_lenet, m_digits, m_shifted},
                  {"'lenet.onnx'", "'shifted.onnx'", "both models", "one at a time"});
    expectProblem({session("a.clipscope"), session("b.clipscope")},
                  {"'a.clipscope'", "'b.clipscope'", "both sessions"});
    expectProblem({write("a.cache", kCache), write("b.cache", kCache)},
                  {"'a.cache'", "'b.cache'", "ranges"});
    expectProblem({m_recipe, kExamples + QStringLiteral("/wide.preprocess.json")},
                  {"'lenet.preprocess.json'", "'wide.preprocess.json'", "recipes"});
    expectProblem({session("a.clipscope"), write("a.cache", kCache)},
                  {"'a.clipscope'", "'a.cache'", "open one"});
}

TEST_F(DroppedFiles, WhatCannotBeOpenedIsNamed) {
    expectProblem({m_lenet, QStringLiteral("/nowhere/x.npz")}, {"/nowhere/x.npz", "No such file"});
    expectProblem({write("text.onnx", "no model\n")}, {"text.onnx", "ONNX model"});
    expectProblem({write("notes.txt", "hello\n")}, {"notes.txt"});
}

TEST_F(DroppedFiles, ADragGivesItsLocalFiles) {
    QMimeData drag;
    drag.setUrls({QUrl::fromLocalFile(m_lenet), QUrl(QStringLiteral("https://example.org/a.onnx")),
                  QUrl::fromLocalFile(m_digits)});
    EXPECT_EQ(localFiles(drag), QStringList({m_lenet, m_digits}));
    QMimeData text;
    text.setText(QStringLiteral("/etc/passwd"));
    EXPECT_TRUE(localFiles(text).isEmpty());
}

}  // namespace
}  // namespace clipscope::widgets
