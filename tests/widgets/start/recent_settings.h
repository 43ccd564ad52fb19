// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSettings>

#include "tests/temporary_folder.h"
#include "widgets/start/recent_files.h"

namespace clipscope::widgets {

/// Settings in a file of their own, removed with their folder.
struct RecentSettings {
    TemporaryFolder folder;
    QSettings settings{QString::fromStdString((folder / "settings.ini").string()),
                       QSettings::IniFormat};

    QString path(const char* name) const {
        return QString::fromStdString((folder / name).string());
    }
};

/// A session that was opened that many minutes before noon of 12 November 2025.
inline RecentFile recentFile(const QString& path, int minutesBefore = 0) {
    RecentFile file;
    file.path = path;
    file.tensors = 74;
    file.method = QStringLiteral("entropy");
    file.samples = 1000;
    file.edited = 3;
    file.opened = QDateTime(QDate(2025, 11, 12), QTime(12, 0)).addSecs(-60 * minutesBefore);
    return file;
}

}  // namespace clipscope::widgets
