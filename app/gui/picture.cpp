// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/picture.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFontDatabase>
#include <QTemporaryDir>
#include <cstdio>

#include "analysis/base/error.h"
#include "widgets/window/main_window.h"

namespace clipscope::app {
namespace {

constexpr int kPatience = 120'000;  ///< ms
constexpr int kQuiet = 300;         ///< ms without anything to do
constexpr int kFailed = 2;

}  // namespace

void silenceQt() {
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& text) {
        if (type == QtCriticalMsg || type == QtFatalMsg)
            std::fprintf(stderr, "%s\n", qPrintable(text));
    });
}

void useBundledLook() {
    for (const char* family : {"Noto Sans", "DejaVu Sans"})
        if (QFontDatabase::hasFamily(QLatin1String(family))) {
            QApplication::setFont(QFont(QLatin1String(family), 9));
            return;
        }
}

QString freshSettings() {
    static const QTemporaryDir folder;
    return folder.filePath(QStringLiteral("settings.ini"));
}

void selectWhenOpened(widgets::MainWindow& window, const QString& tensor) {
    QObject::connect(&window.files(), &widgets::DocumentFiles::opened, &window, [&window, tensor] {
        try {
            window.document().select(
                static_cast<int>(window.document().session()->indexOf(tensor.toStdString())));
        } catch (const Error& error) {
            window.messageBar().showMessage(widgets::Severity::Warning,
                                            QString::fromUtf8(error.what()));
        }
    });
}

int savePicture(widgets::MainWindow& window, const QString& path) {
    QElapsedTimer waited;
    QElapsedTimer quiet;
    waited.start();
    quiet.start();
    while (quiet.elapsed() < kQuiet && waited.elapsed() < kPatience) {
        QApplication::processEvents(QEventLoop::AllEvents, 20);
        if (!window.isSettled())
            quiet.restart();
    }
    if (!window.grab().save(path)) {
        std::fprintf(stderr,
                     "clipscope-gui: cannot write the picture '%s': the folder must exist and the "
                     "name end in .png or .jpg\n",
                     qPrintable(path));
        return kFailed;
    }
    return 0;
}

}  // namespace clipscope::app
