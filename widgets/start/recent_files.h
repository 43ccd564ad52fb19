// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QList>
#include <QObject>
#include <QString>

class QSettings;

namespace clipscope::widgets {

/// A file that was open, as it was when it was last open.
struct RecentFile {
    enum class Kind { Model, Session, Ranges };

    QString path;
    Kind kind = Kind::Session;
    int tensors = 0;  ///< 0: not known
    QString method;   ///< of a session; of ranges what wrote them, such as "TRT-8601"
    int samples = 0;
    int edited = 0;          ///< tensors changed by hand
    bool isPartial = false;  ///< a calibration that was stopped early
    QDateTime opened;

    QString name() const;    ///< of the file
    QString folder() const;  ///< "~/calib": the home folder shortened
};

/// The files opened last, newest first, at most 20. Kept in the settings; several windows share
/// them, each reads again before it writes.
class RecentFiles : public QObject {
    Q_OBJECT

public:
    static constexpr int kMost = 20;

    /// The settings outlive this; tests give their own file.
    explicit RecentFiles(QSettings& settings, const QString& key = QStringLiteral("recentFiles"),
                         QObject* parent = nullptr);

    const QList<RecentFile>& files() const { return m_files; }

    /// Puts the file first; replaces what was known of the same path. Opened now unless it says
    /// when. The path becomes absolute.
    void note(RecentFile file);
    void remove(const QStringList& paths);

signals:
    void changed();

private:
    void read();
    void write();

    QSettings& m_settings;
    QString m_key;
    QList<RecentFile> m_files;
};

/// "today 10:42", "yesterday", "Wednesday" within the last six days, "12 Nov", "12 Nov 2023".
QString openedText(const QDateTime& opened, const QDateTime& now);

}  // namespace clipscope::widgets
