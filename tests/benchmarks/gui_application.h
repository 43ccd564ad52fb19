// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>

namespace clipscope {

/// The one application of the benchmarks that draw; made on first use, offscreen.
inline void startApplication() {
    if (QApplication::instance())
        return;
    qputenv("QT_QPA_PLATFORM", "offscreen");
    static int count = 1;
    static char name[] = "benchmarks";
    static char* arguments[] = {name, nullptr};
    // Never destroyed: it would go after statics of Qt that it needs.
    new QApplication(count, arguments);
}

}  // namespace clipscope
