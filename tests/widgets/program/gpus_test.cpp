// SPDX-License-Identifier: GPL-3.0-or-later
// The program hands the machine's GPUs to its window: what it draws depends on them.
#include <QImage>
#include <QProcess>

#include <gtest/gtest.h>

#include "tests/temporary_folder.h"

namespace clipscope::widgets {
namespace {

constexpr int kPatience = 120'000;  ///< ms

/// The window as the program draws it with stepped GPUs, or with none of them.
QImage drawn(const char* gpus) {
    const TemporaryFolder folder;
    const QString path = QString::fromStdString((folder / "window.png").string());
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("CLIPSCOPE_STEPPED", gpus);
    QProcess program;
    program.setProcessEnvironment(environment);
    program.start(CLIPSCOPE_GUI_STEPPED, {"--picture", path, "--size", "1000x700"});
    EXPECT_TRUE(program.waitForFinished(kPatience));
    EXPECT_EQ(program.exitCode(), 0) << program.readAllStandardError().toStdString();
    return QImage(path);
}

TEST(Program, ShowsTheGpusOfTheMachine) {
    const QImage without = drawn("none");
    ASSERT_FALSE(without.isNull());
    ASSERT_EQ(without, drawn("none"));
    EXPECT_NE(without, drawn("two"));
}

}  // namespace
}  // namespace clipscope::widgets
