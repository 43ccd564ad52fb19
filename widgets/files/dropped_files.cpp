// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/files/dropped_files.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QMimeData>
#include <QUrl>

#include "analysis/base/error.h"
#include "analysis/session/file_kind.h"

namespace clipscope::widgets {
namespace {

struct DroppedFiles {
    Q_DECLARE_TR_FUNCTIONS(clipscope::widgets::DroppedFiles)
};

QString quoted(const QString& path) {
    return QStringLiteral("'%1'").arg(QFileInfo(path).fileName());
}

/// Takes the path as the only one of its kind, or says why not.
QString setOnly(QString& place, const QString& path, const QString& twice) {
    if (!place.isEmpty() && place != path)
        return twice.arg(quoted(place), quoted(path));
    place = path;
    return {};
}

QString add(OpenRequest& request, const QString& path) {
    switch (session::fileKind(QFile::encodeName(path).toStdString())) {
        case session::FileKind::Model:
            return setOnly(request.model, path,
                           DroppedFiles::tr("%1 and %2 are both models: open one at a time."));
        case session::FileKind::Session:
            return setOnly(request.session, path,
                           DroppedFiles::tr("%1 and %2 are both sessions: open one at a time."));
        case session::FileKind::Ranges:
            return setOnly(request.ranges, path,
                           DroppedFiles::tr("%1 and %2 both hold ranges: open one at a time."));
        case session::FileKind::Recipe:
            return setOnly(
                request.recipe, path,
                DroppedFiles::tr("%1 and %2 are both recipes: give the one that prepares "
                                 "these samples."));
        case session::FileKind::Samples:
            if (!request.data.contains(path))
                request.data << path;
            return {};
    }
    return {};
}

QString problemOf(const OpenRequest& request) {
    if (!request.session.isEmpty() && !request.ranges.isEmpty())
        return DroppedFiles::tr("%1 is a session and %2 holds ranges: open one of them.")
            .arg(quoted(request.session), quoted(request.ranges));
    return {};
}

}  // namespace

bool OpenRequest::isEmpty() const {
    return model.isEmpty() && data.isEmpty() && session.isEmpty() && ranges.isEmpty() &&
           recipe.isEmpty();
}

OpenRequest classify(const QStringList& paths, QString* problem) {
    OpenRequest request;
    problem->clear();
    try {
        for (const QString& path : paths) {
            *problem = add(request, QDir::cleanPath(QFileInfo(path).absoluteFilePath()));
            if (!problem->isEmpty())
                return {};
        }
    } catch (const Error& error) {
        *problem = QString::fromUtf8(error.what());
        return {};
    }
    *problem = problemOf(request);
    return problem->isEmpty() ? request : OpenRequest{};
}

QStringList localFiles(const QMimeData& drag) {
    QStringList paths;
    for (const QUrl& url : drag.urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    return paths;
}

}  // namespace clipscope::widgets
