// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>

#include "app/startup/openmp_wait.h"

int main(int argc, char** argv) {
    clipscope::app::limitOpenMpSpinning(argv);
    const QApplication application(argc, argv);
    return QApplication::exec();
}
