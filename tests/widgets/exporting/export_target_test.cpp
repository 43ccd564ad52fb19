// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/export_target.h"

#include <QDir>
#include <QFile>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "tests/temporary_folder.h"

namespace clipscope::widgets {
namespace {

QString text(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

TEST(ExportTarget, NamesAreBesideTheSessionOrAtHome) {
    EXPECT_EQ(exportPath("x.cache", "/data/net.clipscope"), "/data/x.cache");
    EXPECT_EQ(exportPath(" ../x.cache ", "/data/a/net.clipscope"), "/data/x.cache");
    EXPECT_EQ(exportPath("/tmp/x.cache", "/data/net.clipscope"), "/tmp/x.cache");
    EXPECT_EQ(exportPath("~/x.cache", ""), QDir::homePath() + "/x.cache");
    EXPECT_EQ(exportPath("~x.cache", "/data/net.clipscope"), "/data/~x.cache");
    EXPECT_EQ(exportPath("  ", "/data/net.clipscope"), "");
}

TEST(ExportTarget, ProblemsSayWhatToDo) {
    const TemporaryFolder folder;
    const QString session = text(folder / "net.clipscope");
    const QString model = text(folder / "net.onnx");
    writeFileAtomically(folder / "net.clipscope", "session");
    writeFileAtomically(folder / "net.onnx", "model");
    std::filesystem::create_symlink(folder / "net.onnx", folder / "link.onnx");
    const auto problem = [&](const QString& path) { return problemOfTarget(path, session, model); };
    EXPECT_EQ(problem(text(folder / "net.cache")), "");
    EXPECT_TRUE(problem("").startsWith("Choose a file"));
    EXPECT_TRUE(problem(text(folder.path())).contains("is a folder"));
    EXPECT_TRUE(problem(text(folder / "none/net.cache")).contains("There is no folder"));
    EXPECT_TRUE(problem(session).contains("the session itself"));
    EXPECT_TRUE(problem(model).contains("is the model"));
    EXPECT_TRUE(problem(text(folder / "link.onnx")).contains("is the model"));
}

TEST(ExportTarget, OnlyRangeFilesAreCompared) {
    const TemporaryFolder folder;
    EXPECT_FALSE(comparableFile(text(folder / "none.cache")));
    writeFileAtomically(folder / "other.txt", std::string(1000, '\0'));
    EXPECT_FALSE(comparableFile(text(folder / "other.txt")));
    writeFileAtomically(folder / "a.cache", "TRT-8601-EntropyCalibration2\nx: 3c010a14\n");
    const auto read = comparableFile(text(folder / "a.cache"));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->rows.front().name, "x");
}

}  // namespace
}  // namespace clipscope::widgets
