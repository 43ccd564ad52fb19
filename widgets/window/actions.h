// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QObject>

namespace clipscope::widgets {

/// The commands of the window that belong to no page, each with name, shortcut and tooltip.
struct Actions {
    explicit Actions(QObject* parent);

    QAction* openModel;
    QAction* openRanges;
    QAction* addSamples;
    QAction* addSampleFolder;
    QAction* save;
    QAction* saveAs;
    QAction* exportRanges;
    QAction* savePicture;
    QAction* close;
    QAction* quit;
    QAction* undo;
    QAction* redo;
    QAction* back;
    QAction* forward;
    QAction* goTo;
    QAction* calibrate;
    QAction* cancel;
    QAction* setup;
    QAction* locateModel;
    QAction* systemTheme;
    QAction* lightTheme;
    QAction* darkTheme;
    QAction* fullScreen;
    QAction* resetLayout;
    QAction* whatsThis;
    QAction* about;
};

}  // namespace clipscope::widgets
