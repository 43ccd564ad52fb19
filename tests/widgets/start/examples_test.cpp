// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/examples.h"

#include <QDir>
#include <QFileInfo>

#include <gtest/gtest.h>

#include "analysis/graph/coverage.h"
#include "analysis/graph/onnx_reader.h"
#include "tests/temporary_folder.h"

namespace clipscope::widgets {
namespace {

const QString kHere = QStringLiteral(CLIPSCOPE_EXAMPLES);

TEST(Examples, TheirTextsHoldForTheirFiles) {
    const QList<Example> all = examples(kHere);
    ASSERT_EQ(all.size(), 2);
    const auto images = QDir(kHere + "/digits").entryList({"*.png"}).size();
    for (const Example& example : all) {
        const graph::Graph graph = graph::readOnnx(example.model.toStdString());
        int tensors = 0;
        for (const graph::ValueCoverage& row : graph::coverage(graph))
            tensors += row.kind == graph::CoverageClass::Activation;
        EXPECT_TRUE(
            example.text.startsWith(QString("%1 tensors, %2 images").arg(tensors).arg(images)))
            << example.text.toStdString() << ": " << tensors << ", " << images;
    }
}

TEST(Examples, OnlyThoseThatAreThere) {
    const TemporaryFolder folder;
    const QString path = QString::fromStdString(folder.path().string());
    EXPECT_TRUE(examples(path).isEmpty());
    EXPECT_TRUE(examples(QString()).isEmpty());
    ASSERT_TRUE(QFile::copy(kHere + "/shifted.onnx", path + "/shifted.onnx"));
    ASSERT_EQ(examples(path).size(), 1);
    EXPECT_EQ(examples(path).first().model, path + "/shifted.onnx");
}

TEST(Examples, TheEnvironmentNamesTheFolder) {
    const QByteArray before = qgetenv("CLIPSCOPE_EXAMPLES");
    const TemporaryFolder folder;
    const QString path = QString::fromStdString(folder.path().string());
    ASSERT_TRUE(QFile::copy(kHere + "/lenet.onnx", path + "/lenet.onnx"));
    qputenv("CLIPSCOPE_EXAMPLES", path.toLocal8Bit());
    EXPECT_EQ(examplesFolder(), QDir(path).canonicalPath());
    // One without examples is passed over.
    ASSERT_TRUE(QFile::remove(path + "/lenet.onnx"));
    EXPECT_NE(examplesFolder(), QDir(path).canonicalPath());
    before.isNull() ? qunsetenv("CLIPSCOPE_EXAMPLES") : qputenv("CLIPSCOPE_EXAMPLES", before);
}

}  // namespace
}  // namespace clipscope::widgets
