// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/actions.h"

#include <QActionGroup>
#include <QCoreApplication>

#include "widgets/style/icons.h"

namespace clipscope::widgets {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Actions", text);
}

QAction* make(QObject* parent, const char* name, const QString& text, const QKeySequence& keys,
              const QString& tip, const char* iconName = nullptr) {
    auto* action = new QAction(text, parent);
    action->setObjectName(QLatin1String(name));
    action->setShortcut(keys);
    action->setStatusTip(tip);
    const QString shortcut = keys.toString(QKeySequence::NativeText);
    action->setToolTip(shortcut.isEmpty() ? tip : QStringLiteral("%1 (%2)").arg(tip, shortcut));
    if (iconName)
        action->setIcon(icon(QLatin1String(iconName)));
    return action;
}

}  // namespace

Actions::Actions(QObject* parent) {
    openModel = make(parent, "openModel", tr("&Open model…"), QKeySequence(tr("Ctrl+O")),
                     tr("Opens an ONNX model"), "open");
    openRanges =
        make(parent, "openRanges", tr("Open &session or cache…"), QKeySequence(tr("Ctrl+Shift+O")),
             tr("Opens a session, or a TensorRT calibration cache"), "file");
    addSamples = make(parent, "addSamples", tr("Add sa&mples…"), QKeySequence(tr("Ctrl+I")),
                      tr("Adds images, .npy or .npz files to calibrate with"), "image");
    addSampleFolder = make(parent, "addSampleFolder", tr("Add a &folder of samples…"),
                           QKeySequence(tr("Ctrl+Shift+I")),
                           tr("Adds a folder of images or arrays to calibrate with"));
    save = make(parent, "save", tr("&Save session"), QKeySequence(tr("Ctrl+S")),
                tr("Saves histograms, thresholds and edits"), "save");
    saveAs = make(parent, "saveAs", tr("Save session &as…"), QKeySequence(tr("Ctrl+Shift+S")),
                  tr("Saves the session under another name"));
    exportRanges = make(parent, "export", tr("&Export…"), QKeySequence(tr("Ctrl+E")),
                        tr("Writes the thresholds as a file for the target, after showing what "
                           "changes"),
                        "export");
    savePicture = make(parent, "savePicture", tr("Save &picture of the plots…"),
                       QKeySequence(tr("Ctrl+Shift+E")), tr("Saves the plots as PNG, SVG or PDF"));
    close = make(parent, "closeDocument", tr("&Close"), QKeySequence(tr("Ctrl+W")),
                 tr("Closes the document and goes back to the start page"), "close");
    quit = make(parent, "quit", tr("&Quit"), QKeySequence(tr("Ctrl+Q")), tr("Ends Clipscope"));
    undo = make(parent, "undo", tr("&Undo"), QKeySequence(tr("Ctrl+Z")),
                tr("Takes the last edit back"), "undo");
    redo = make(parent, "redo", tr("&Redo"), QKeySequence(tr("Ctrl+Y")),
                tr("Makes the edit again that was taken back"), "redo");
    back = make(parent, "back", tr("&Back"), QKeySequence(tr("Alt+Left")),
                tr("The tensor visited before"), "back");
    forward = make(parent, "forward", tr("&Forward"), QKeySequence(tr("Alt+Right")),
                   tr("The tensor visited after"), "forward");
    goTo = make(parent, "goTo", tr("&Go to tensor or command…"), QKeySequence(tr("Ctrl+Shift+P")),
                tr("Finds a tensor or a command by its name"), "search");
    calibrate = make(parent, "calibrate", tr("&Calibrate"), QKeySequence(tr("F5")),
                     tr("Runs the model on the samples and collects histograms"), "play");
    cancel = make(parent, "cancel", tr("Ca&ncel"), QKeySequence(),
                  tr("Stops the calibration and drops what was collected"), "stop");
    setup = make(parent, "setup", tr("&Samples, method and preprocessing…"), QKeySequence(tr("F6")),
                 tr("Shows what the next calibration does"), "gear");
    locateModel = make(parent, "locateModel", tr("&Locate the model…"), QKeySequence(),
                       tr("Tells where a model that was moved lies now"), "model");
    systemTheme = make(parent, "systemTheme", tr("&Follow the system"), QKeySequence(),
                       tr("Light or dark, as the desktop is"));
    lightTheme = make(parent, "lightTheme", tr("&Light"), QKeySequence(), tr("Light colours"));
    darkTheme = make(parent, "darkTheme", tr("&Dark"), QKeySequence(), tr("Dark colours"));
    auto* themes = new QActionGroup(parent);
    for (QAction* theme : {systemTheme, lightTheme, darkTheme}) {
        theme->setCheckable(true);
        themes->addAction(theme);
    }
    systemTheme->setChecked(true);
    fullScreen = make(parent, "fullScreen", tr("F&ull screen"), QKeySequence(tr("F11")),
                      tr("Gives the window the whole screen"));
    fullScreen->setCheckable(true);
    resetLayout = make(parent, "resetLayout", tr("&Reset layout"), QKeySequence(),
                       tr("Puts the panes back where they were at first"));
    whatsThis = make(parent, "whatsThis", tr("&What's this?"), QKeySequence(tr("Shift+F1")),
                     tr("Explains what is clicked next"), "information");
    about = make(parent, "about", tr("&About Clipscope"), QKeySequence(tr("F1")),
                 tr("Version, licence and where the manual is"));
}

}  // namespace clipscope::widgets
