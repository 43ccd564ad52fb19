// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/export_dialog.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "analysis/session/opening.h"
#include "tests/temporary_folder.h"
#include "tests/widgets/small_session.h"
#include "widgets/exporting/change_view.h"
#include "widgets/exporting/format_model.h"
#include "widgets/inspector/figure_label.h"
#include "widgets/inspector/note_box.h"

namespace clipscope::widgets {
namespace {

using session::symmetricSetting;

/// The dialog over a saved session whose conv was moved from 2 to 1.5.
class ExportDialogTest : public testing::Test {
protected:
    ExportDialogTest() {
        auto session = smallSession();
        session->modelPath = (folder / "small net.onnx").string();
        session->modelSha256 = std::string(64, '0');
        session->toolVersion = "test";
        writeFileAtomically(session->modelPath, "not really a model");
        document.setSession(session, path("it's small.clipscope"));
        document.edit(1, symmetricSetting(1.5, "manual"), false, "edit");
        document.save(path("it's small.clipscope"));
    }
    /// After what a test changes of the document.
    void open() {
        dialog = std::make_unique<ExportDialog>(document);
        dialog->show();
        await();
    }
    void await() {
        QApplication::processEvents();
        EXPECT_TRUE(QTest::qWaitFor([this] { return dialog->isComplete(); }, 20000));
    }
    template <typename Widget>
    Widget* find(const char* name) {
        auto* found = dialog->findChild<Widget*>(QString::fromLatin1(name));
        if (!found)
            throw std::runtime_error(std::string("no widget ") + name);
        return found;
    }
    QString path(const std::string& name) const {
        return QString::fromStdString((folder / name).string());
    }
    std::string bytes(const std::string& name) const { return readFile(folder / name); }
    void setFile(const std::string& name) {
        find<QLineEdit>("fileField")->setText(path(name));
        await();
    }
    void chooseFormat(const char* id) {
        auto* list = find<QListView>("formatList");
        auto* model = static_cast<FormatModel*>(list->model());
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                          list->visualRect(model->index(model->rowOf(id))).center());
        await();
    }
    QString problem() {
        auto* box = find<NoteBox>("errorBox");
        return box->isVisible() ? box->text() : QString();
    }
    QPushButton* button() { return find<QPushButton>("exportButton"); }
    /// Presses Export; whether a file was written.
    bool press() {
        QSignalSpy exported(dialog.get(), &ExportDialog::exported);
        const bool isOffered = button()->isEnabled();
        QTest::mouseClick(button(), Qt::LeftButton);
        // The button is off while the file is written.
        EXPECT_TRUE(
            !isOffered ||
            QTest::qWaitFor([&] { return exported.count() > 0 || button()->isEnabled(); }, 20000));
        QApplication::processEvents();
        return exported.count() > 0;
    }
    /// Runs a command line in a shell that finds the built clipscope.
    static int runInShell(const QString& command) {
        QProcess shell;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        const QString binary = QString::fromLatin1(CLIPSCOPE_BINARY);
        environment.insert("PATH", binary.section('/', 0, -2) + ':' + environment.value("PATH"));
        shell.setProcessEnvironment(environment);
        shell.start("/bin/sh", {"-c", command});
        shell.waitForFinished(60000);
        return shell.exitCode();
    }

    TemporaryFolder folder;
    Document document;
    std::unique_ptr<ExportDialog> dialog;
};

TEST_F(ExportDialogTest, ProposesAFileBesideTheSessionAndWritesNothing) {
    open();
    EXPECT_EQ(find<QLineEdit>("fileField")->text(), path("it's small.cache"));
    EXPECT_EQ(dialog->windowTitle(), "Export it's small.clipscope");
    EXPECT_EQ(find<QLineEdit>("headerField")->text(), "TRT-8601-MinMaxCalibration");
    EXPECT_EQ(find<FigureLabel>("headerNote")->text(), "of the method");
    EXPECT_EQ(find<FigureLabel>("changeCount")->text(), "1 of 3 lines");
    EXPECT_EQ(button()->text(), "Export");
    EXPECT_TRUE(button()->isEnabled());
    EXPECT_EQ(folder.fileCount(), 2u);  // the session and the model
    chooseFormat("csv");
    EXPECT_EQ(find<QLineEdit>("fileField")->text(), path("it's small.csv"));
    EXPECT_FALSE(find<QLineEdit>("headerField")->isVisible());
}

TEST_F(ExportDialogTest, WritesWhatTheCommandLineWrites) {
    for (const char* format : {"tensorrt", "csv", "json"}) {
        open();
        chooseFormat(format);
        setFile(std::string("window.") + format);
        const QString command = find<QLineEdit>("commandField")->text();
        const auto shown = find<QPlainTextEdit>("bytesText")->toPlainText().toStdString();
        QSignalSpy exported(dialog.get(), &ExportDialog::exported);
        QTest::mouseClick(button(), Qt::LeftButton);
        ASSERT_TRUE(exported.count() == 1 || exported.wait(20000)) << format;
        EXPECT_EQ(exported[0][0].toString(), path(std::string("window.") + format));
        EXPECT_FALSE(dialog->isVisible());
        const std::string written = bytes(std::string("window.") + format);
        EXPECT_EQ(written, shown) << format;
        std::filesystem::rename(folder / (std::string("window.") + format), folder / "kept");
        ASSERT_EQ(runInShell(command), 0) << command.toStdString();
        EXPECT_EQ(bytes(std::string("window.") + format), written) << format;
    }
}

TEST_F(ExportDialogTest, TheHeaderIsChosenByItsPartsOrTyped) {
    open();
    auto* version = find<QComboBox>("versionBox");
    EXPECT_EQ(version->currentText(), "TensorRT 8.6.1");
    version->setCurrentIndex(version->findData("100300"));
    emit version->activated(version->currentIndex());
    auto* header = find<QLineEdit>("headerField");
    EXPECT_EQ(header->text(), "TRT-100300-MinMaxCalibration");
    await();
    EXPECT_TRUE(
        find<QLineEdit>("commandField")->text().endsWith("--header TRT-100300-MinMaxCalibration"));
    EXPECT_TRUE(find<QPlainTextEdit>("bytesText")
                    ->toPlainText()
                    .startsWith("TRT-100300-MinMaxCalibration\n"));
    header->setText("1");
    EXPECT_EQ(version->currentIndex(), -1);
    await();
    EXPECT_TRUE(button()->isEnabled());
    header->setText("");
    await();
    EXPECT_FALSE(problem().isEmpty());
    EXPECT_FALSE(button()->isEnabled());
}

TEST_F(ExportDialogTest, ReportsWhatTheFormatCannotHold) {
    document.edit(0, session::affineSetting(0, 1, "mse"), false, "affine");
    document.edit(
        2,
        [this] {
            auto setting = document.session()->tensors[2].current;
            setting.keepFloat = true;
            return setting;
        }(),
        false, "float");
    open();
    EXPECT_TRUE(problem().contains("symmetric ranges only")) << problem().toStdString();
    EXPECT_TRUE(problem().contains("data"));
    EXPECT_FALSE(button()->isEnabled());
    auto* model = static_cast<FormatModel*>(find<QListView>("formatList")->model());
    EXPECT_EQ(model->index(model->rowOf("tensorrt")).data(FormatModel::LostRole).toInt(), 1);
    EXPECT_FALSE(find<NoteBox>("lossBox")->isVisible());
    emit find<NoteBox>("errorBox")->linkActivated("widen");
    // The least symmetric range that clips nothing more than 0 ... 1.
    EXPECT_EQ(document.session()->tensors[0].current, symmetricSetting(1, "manual"));
    document.undoStack().undo();
    EXPECT_TRUE(document.session()->tensors[0].current.isAffine);
    document.reset(0, false);
    await();
    EXPECT_EQ(problem(), "");
    EXPECT_EQ(button()->text(), "Export with 1 warning");
    EXPECT_TRUE(find<NoteBox>("lossBox")->text().contains("stay in float"));
    EXPECT_EQ(find<NoteBox>("lossBox")->kind(), NoteBox::Kind::Warning);
    EXPECT_TRUE(find<FigureLabel>("commandNote")->isVisible());  // the edits are not saved
    EXPECT_TRUE(button()->isEnabled());
}

TEST_F(ExportDialogTest, ComparesWithTheFileThatIsThere) {
    writeFileAtomically(folder / "old.cache",
                        "TRT-8601-EntropyCalibration2\ndata: 3c010204\ngone: 3c010204\n");
    open();
    auto* against = find<QComboBox>("againstBox");
    EXPECT_EQ(against->count(), 1);
    setFile("old.cache");
    EXPECT_EQ(against->currentText(), "the file there now, old.cache");
    // conv and pool are new, gone goes; data's 1 / 127 is the same.
    EXPECT_EQ(find<FigureLabel>("changeCount")->text(), "3 of 4 lines");
    EXPECT_TRUE(find<FigureLabel>("existingNote")->text().contains("is replaced"));
    against->setCurrentIndex(0);
    emit against->activated(0);
    await();
    EXPECT_EQ(find<FigureLabel>("changeCount")->text(), "1 of 3 lines");
    EXPECT_TRUE(press());
    EXPECT_EQ(bytes("old.cache"),
              "TRT-8601-MinMaxCalibration\ndata: 3c010204\nconv: 3c418306\npool: 3c810204\n");
}

TEST_F(ExportDialogTest, RefusesToReplaceTheModelOrTheSession) {
    open();
    const std::string session = bytes("it's small.clipscope");
    for (const char* name : {"small net.onnx", "it's small.clipscope", "none/x.cache"}) {
        setFile(name);
        EXPECT_FALSE(problem().isEmpty()) << name;
        EXPECT_FALSE(button()->isEnabled()) << name;
        EXPECT_FALSE(press()) << name;
    }
    EXPECT_EQ(bytes("it's small.clipscope"), session);
    EXPECT_EQ(bytes("small net.onnx"), "not really a model");
}

TEST_F(ExportDialogTest, ErrorsOfTheExportAreShownInside) {
    open();
    const std::string name = std::string(300, 'x') + ".cache";  // longer than any file system takes
    setFile(name);
    EXPECT_FALSE(press());
    EXPECT_TRUE(QTest::qWaitFor([this] { return !problem().isEmpty(); }, 20000));
    EXPECT_TRUE(problem().contains("xxx"));
    EXPECT_TRUE(dialog->isVisible());
    setFile("fine.cache");
    EXPECT_EQ(problem(), "");
    EXPECT_TRUE(press());
}

TEST_F(ExportDialogTest, PartialSessionsNeedATick) {
    auto partial = smallSession();
    partial->isPartial = true;
    document.setSession(partial, path("partial.clipscope"));
    open();
    EXPECT_TRUE(problem().contains("Allow partial"));
    EXPECT_FALSE(button()->isEnabled());
    find<QCheckBox>("partialCheck")->click();
    await();
    EXPECT_EQ(problem(), "");
    EXPECT_TRUE(find<QLineEdit>("commandField")->text().endsWith("--allow-partial"));
    EXPECT_TRUE(press());
}

TEST_F(ExportDialogTest, AnOpenedCacheIsWrittenWithItsEdits) {
    writeFileAtomically(folder / "some.cache",
                        "TRT-7103-EntropyCalibration2\nb: 3c810204\na: 3c010204\n");
    document.setSession(
        std::make_shared<session::Session>(session::openRanges((folder / "some.cache").string())),
        {});
    open();
    EXPECT_EQ(dialog->windowTitle(), "Export some.cache");
    EXPECT_EQ(find<QLineEdit>("fileField")->text(), path("some-edited.cache"));
    EXPECT_EQ(find<FigureLabel>("headerNote")->text(), "kept from the original");
    const QString command = find<QLineEdit>("commandField")->text();
    EXPECT_EQ(runInShell(command), 0);
    EXPECT_EQ(bytes("some-edited.cache"), bytes("some.cache"));
    document.edit(1, symmetricSetting(2, "manual"), false, "edit");
    await();
    EXPECT_EQ(find<FigureLabel>("changeCount")->text(), "1 of 2 lines");
    EXPECT_TRUE(find<FigureLabel>("commandNote")->isVisible());
    setFile("some.cache");  // it may be replaced
    EXPECT_EQ(problem(), "");
    EXPECT_TRUE(press());
    EXPECT_EQ(bytes("some.cache"), "TRT-7103-EntropyCalibration2\nb: 3c810204\na: 3c810204\n");
}

TEST_F(ExportDialogTest, TheFileDialogIsAsked) {
    open();
    dialog->setFileDialog([this] { return path("chosen.cache"); });
    find<QPushButton>("browseButton")->click();
    EXPECT_EQ(find<QLineEdit>("fileField")->text(), path("chosen.cache"));
    dialog->setFileDialog([] { return QString(); });
    find<QPushButton>("browseButton")->click();
    EXPECT_EQ(find<QLineEdit>("fileField")->text(), path("chosen.cache"));
    find<QPushButton>("copyButton")->click();
    EXPECT_EQ(QApplication::clipboard()->text(), find<QLineEdit>("commandField")->text());
}

TEST_F(ExportDialogTest, ModesAndEditsMeanwhile) {
    open();
    auto& model = find<ChangeView>("changeView")->model();
    find<QToolButton>("allMode")->click();
    EXPECT_EQ(model.rowCount(), 3);
    find<QToolButton>("textMode")->click();
    EXPECT_TRUE(find<QPlainTextEdit>("bytesText")->isVisible());
    document.edit(0, symmetricSetting(0.5, "manual"), false, "edit");
    await();
    EXPECT_TRUE(find<QPlainTextEdit>("bytesText")->toPlainText().contains("data: 3b810204\n"));
    EXPECT_EQ(find<FigureLabel>("changeCount")->text(), "2 of 3 lines");
    document.setSession(nullptr, {});
    EXPECT_FALSE(dialog->isVisible());
}

}  // namespace
}  // namespace clipscope::widgets
