// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QSettings>
#include <QTimer>
#include <cstdio>

#include "analysis/base/version.h"
#include "app/gui/picture.h"
#include "app/gui/window.h"
#include "app/startup/openmp_wait.h"
#include "widgets/style/theme.h"

namespace {

using namespace clipscope;
using namespace clipscope::widgets;

constexpr int kWrongUsage = 2;

struct Options {
    QStringList files;
    QString picture;
    QString tensor;
    QSize size;
    Appearance appearance = Appearance::System;
};

int wrongUsage(const QString& message) {
    std::fprintf(stderr, "clipscope-gui: %s\n", qPrintable(message));
    return kWrongUsage;
}

bool hasDisplay() {
    return !qEnvironmentVariableIsEmpty("DISPLAY") ||
           !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") ||
           !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
}

/// Before there is an application, which needs a display.
bool asksForPicture(int argc, char** argv) {
    for (int i = 1; i < argc; ++i)
        if (QByteArray(argv[i]).startsWith("--picture"))
            return true;
    return false;
}

bool asksForText(int argc, char** argv) {
    for (int i = 1; i < argc; ++i)
        if (const QByteArray option = argv[i];
            option == "--help" || option == "-h" || option == "--version" || option == "-v")
            return true;
    return false;
}

/// Fills the options; returns what is wrong with the command line, or "".
QString parse(const QStringList& arguments, Options& options) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        "Shows each tensor's histogram, the threshold of every method and what it costs; ranges "
        "are\ndragged by hand and exported. The same work without a window: clipscope --help.");
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(
        "files",
        "A model (.onnx), samples (folders, images, .npy, .npz), a session (.clipscope), "
        "or a TensorRT calibration cache; a model with samples or with a cache",
        "[files...]");
    const QCommandLineOption picture(
        "picture", "Draws the window into FILE (.png) and ends; needs no display.", "FILE");
    const QCommandLineOption size("size", "Size of the window, such as 1600x900.", "WxH");
    const QCommandLineOption tensor("tensor", "Selects this tensor.", "NAME");
    const QCommandLineOption appearance("appearance", "system, light or dark.", "WHICH", "system");
    parser.addOptions({picture, size, tensor, appearance});
    if (!parser.parse(arguments))
        return parser.errorText() + "; see --help";
    if (parser.isSet("help"))
        parser.showHelp();
    if (parser.isSet("version"))
        parser.showVersion();
    options.files = parser.positionalArguments();
    options.picture = parser.value(picture);
    options.tensor = parser.value(tensor);
    if (parser.isSet(size)) {
        const QStringList parts = parser.value(size).split('x');
        if (parts.size() == 2)
            options.size = {parts[0].toInt(), parts[1].toInt()};
        if (options.size.width() < 320 || options.size.height() < 240 ||
            options.size.width() > 16384 || options.size.height() > 16384)
            return "--size wants WIDTHxHEIGHT in pixels, 320x240 to 16384x16384, not '" +
                   parser.value(size) + "'";
    }
    const QString look = parser.value(appearance);
    if (look != "system" && look != "light" && look != "dark")
        return "--appearance is system, light or dark, not '" + look + "'";
    options.appearance = look == "dark"    ? Appearance::Dark
                         : look == "light" ? Appearance::Light
                                           : Appearance::System;
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    app::limitOpenMpSpinning(argv);
    if (!hasDisplay()) {
        if (!asksForPicture(argc, argv) && !asksForText(argc, argv))
            return wrongUsage(
                "there is no display (DISPLAY and WAYLAND_DISPLAY are not set). The same work "
                "without a window: clipscope --help; a picture of the window: --picture FILE");
        qputenv("QT_QPA_PLATFORM", "offscreen");
        app::silenceQt();
    }
    const QApplication application(argc, argv);
    QApplication::setApplicationName("clipscope");
    QApplication::setApplicationDisplayName("Clipscope");
    QApplication::setOrganizationName("clipscope");
    QApplication::setApplicationVersion(QString::fromLatin1(kVersion));
    Options options;
    if (const QString problem = parse(QApplication::arguments(), options); !problem.isEmpty())
        return wrongUsage(problem);
    if (!options.picture.isEmpty())
        app::useBundledLook();
    Theme::instance().setAppearance(options.appearance);

    // A picture is of the program as it comes, not of the layout that somebody keeps.
    QSettings kept;
    QSettings fresh(options.picture.isEmpty() ? QString() : app::freshSettings(),
                    QSettings::IniFormat);
    const auto window = app::makeWindow(options.picture.isEmpty() ? kept : fresh);
    if (options.size.isValid())
        window->resize(options.size);
    window->show();
    if (!options.files.isEmpty())
        window->open(options.files);
    if (!options.tensor.isEmpty())
        app::selectWhenOpened(*window, options.tensor);
    if (!options.picture.isEmpty())
        return app::savePicture(*window, options.picture);
    return QApplication::exec();
}
