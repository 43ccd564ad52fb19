// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace clipscope::widgets {
class MainWindow;
}

namespace clipscope::app {

/// Without a display Qt remarks on what it cannot do there, which helps nobody.
void silenceQt();

/// A font that looks the same everywhere, where the machine has it.
void useBundledLook();

/// Path of settings that hold nothing; gone at the end of the program.
QString freshSettings();

/// Selects the tensor of that name as soon as a document is open; tells in the window where there
/// is none.
void selectWhenOpened(widgets::MainWindow& window, const QString& tensor);

/// Waits until everything is read, computed and drawn, and writes the window as a picture. Returns
/// an exit status; errors go to standard error.
int savePicture(widgets::MainWindow& window, const QString& path);

}  // namespace clipscope::app
