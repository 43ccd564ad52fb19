// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/exporting/export_target.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"

namespace clipscope::widgets {
namespace {

constexpr qint64 kLargestCompared = qint64{64} << 20;

QString tr(const char* text) {
    return QCoreApplication::translate("clipscope::widgets::ExportDialog", text);
}

bool isSameFile(const QString& a, const QString& b) {
    if (a.isEmpty() || b.isEmpty())
        return false;
    const QFileInfo first(a);
    const QFileInfo second(b);
    if (first.exists() && second.exists())
        return first.canonicalFilePath() == second.canonicalFilePath();
    return QDir::cleanPath(first.absoluteFilePath()) == QDir::cleanPath(second.absoluteFilePath());
}

}  // namespace

QString exportPath(const QString& typed, const QString& sessionPath) {
    QString path = typed.trimmed();
    if (path.isEmpty())
        return {};
    if (path == QLatin1String("~") || path.startsWith(QLatin1String("~/")))
        path.replace(0, 1, QDir::homePath());
    const QDir folder = sessionPath.isEmpty() ? QDir::home() : QFileInfo(sessionPath).absoluteDir();
    return QDir::cleanPath(folder.absoluteFilePath(path));
}

QString problemOfTarget(const QString& path, const QString& sessionPath, const QString& modelPath) {
    if (path.isEmpty())
        return tr("Choose a file to write.");
    const QFileInfo info(path);
    if (info.isDir())
        return tr("'%1' is a folder. Give the file a name.").arg(path);
    if (!info.absoluteDir().exists())
        return tr("There is no folder '%1'. Choose another one, or make it first.")
            .arg(info.absolutePath());
    if (isSameFile(path, sessionPath))
        return tr("'%1' is the session itself, which the export would destroy. Give the file "
                  "another name.")
            .arg(path);
    if (isSameFile(path, modelPath))
        return tr("'%1' is the model, which the export would destroy. Give the file another name.")
            .arg(path);
    return {};
}

std::optional<formats::RangesFile> comparableFile(const QString& path) {
    const QFileInfo info(path);
    if (!info.isFile() || info.size() > kLargestCompared)
        return {};
    try {
        const std::string name = path.toStdString();
        const std::string bytes = readFile(name);
        return formats::readFormat(formats::detectFormat(bytes, name), bytes, name);
    } catch (const Error&) {
        return {};  // Something else: it cannot be compared, and is replaced like any file.
    }
}

}  // namespace clipscope::widgets
