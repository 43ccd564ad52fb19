// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

class QMimeData;

namespace clipscope::widgets {

/// What a set of files that were dropped, chosen or named on the command line asks to open; paths
/// are absolute, what was not among them is empty.
struct OpenRequest {
    QString model;
    QStringList data;  ///< samples: folders, images, arrays; in the order given
    QString session;
    QString ranges;
    QString recipe;

    bool isEmpty() const;
};

/// Sorts the files by what they hold. A model, its samples, its recipe and someone's ranges may
/// come together, and a session with a moved model, samples and a recipe. Where they do not make
/// one request (two of a kind, a session beside ranges, a file that is missing, unreadable or of no
/// known kind), the request is empty and `problem` a sentence that names the files and says what to
/// do; else `problem` is empty.
OpenRequest classify(const QStringList& paths, QString* problem);

/// The local files of a drag; empty where it carries none.
QStringList localFiles(const QMimeData& drag);

}  // namespace clipscope::widgets
