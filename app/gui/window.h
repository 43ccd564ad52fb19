// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSettings>
#include <memory>

#include "widgets/window/main_window.h"

namespace clipscope::app {

/// The program's window, which knows the GPUs that this build can use. `settings` must outlive it.
std::unique_ptr<widgets::MainWindow> makeWindow(QSettings& settings);

}  // namespace clipscope::app
