// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace clipscope::widgets {

/// A model that comes with Clipscope, its images beside it in digits/.
struct Example {
    QString title;
    QString text;  ///< what it shows, in one line
    QString model;
};

/// Where the examples lie: $CLIPSCOPE_EXAMPLES, else in the source tree (of a program that runs
/// from its build folder), else where they are installed; empty where they are nowhere.
QString examplesFolder();

/// Those of the folder that are there.
QList<Example> examples(const QString& folder = examplesFolder());

}  // namespace clipscope::widgets
