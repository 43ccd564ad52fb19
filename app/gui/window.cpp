// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/window.h"

#include "app/devices/devices.h"

namespace clipscope::app {

std::unique_ptr<widgets::MainWindow> makeWindow(QSettings& settings) {
    auto window = std::make_unique<widgets::MainWindow>(settings);
    window->calibration().devices().setCatalog(gpuCatalog());
    return window;
}

}  // namespace clipscope::app
