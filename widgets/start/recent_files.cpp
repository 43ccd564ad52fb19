// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/recent_files.h"

#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QSettings>
#include <algorithm>
#include <array>

namespace clipscope::widgets {
namespace {

constexpr std::array kKindNames = {"model", "session", "ranges"};  // As the enumerators stand.

QString absolute(const QString& path) {
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

RecentFile::Kind kindOf(const QString& name) {
    const auto found = std::ranges::find(kKindNames, name.toStdString());
    return found == kKindNames.end() ? RecentFile::Kind::Session
                                     : static_cast<RecentFile::Kind>(found - kKindNames.begin());
}

}  // namespace

QString RecentFile::name() const {
    return QFileInfo(path).fileName();
}

QString RecentFile::folder() const {
    const QString folder = QFileInfo(path).path();
    const QString home = QDir::homePath();
    if (folder == home)
        return QStringLiteral("~");
    if (home.size() > 1 && folder.startsWith(home + QLatin1Char('/')))
        return QLatin1Char('~') + folder.mid(home.size());
    return folder;
}

RecentFiles::RecentFiles(QSettings& settings, const QString& key, QObject* parent)
    : QObject(parent), m_settings(settings), m_key(key) {
    read();
}

void RecentFiles::note(RecentFile file) {
    m_settings.sync();
    read();
    file.path = absolute(file.path);
    if (!file.opened.isValid())
        file.opened = QDateTime::currentDateTime();
    m_files.removeIf([&](const RecentFile& known) { return known.path == file.path; });
    m_files.prepend(std::move(file));
    // By time, where a caller or another window gave an older one.
    std::ranges::stable_sort(m_files, std::ranges::greater(), &RecentFile::opened);
    if (m_files.size() > kMost)
        m_files.resize(kMost);
    write();
    emit changed();
}

void RecentFiles::remove(const QStringList& paths) {
    m_settings.sync();
    read();
    m_files.removeIf([&](const RecentFile& known) { return paths.contains(known.path); });
    write();
    emit changed();
}

void RecentFiles::read() {
    m_files.clear();
    const int count = std::min(m_settings.beginReadArray(m_key), kMost);
    for (int i = 0; i < count; ++i) {
        m_settings.setArrayIndex(i);
        RecentFile file;
        file.path = m_settings.value("path").toString();
        file.kind = kindOf(m_settings.value("kind").toString());
        file.tensors = m_settings.value("tensors").toInt();
        file.method = m_settings.value("method").toString();
        file.samples = m_settings.value("samples").toInt();
        file.edited = m_settings.value("edited").toInt();
        file.isPartial = m_settings.value("partial").toBool();
        file.opened = QDateTime::fromString(m_settings.value("opened").toString(), Qt::ISODate);
        if (!file.path.isEmpty() && file.opened.isValid())
            m_files << file;
    }
    m_settings.endArray();
}

void RecentFiles::write() {
    m_settings.remove(m_key);
    m_settings.beginWriteArray(m_key, static_cast<int>(m_files.size()));
    for (int i = 0; i < m_files.size(); ++i) {
        const RecentFile& file = m_files[i];
        m_settings.setArrayIndex(i);
        m_settings.setValue("path", file.path);
        m_settings.setValue("kind", kKindNames[static_cast<size_t>(file.kind)]);
        m_settings.setValue("tensors", file.tensors);
        m_settings.setValue("method", file.method);
        m_settings.setValue("samples", file.samples);
        m_settings.setValue("edited", file.edited);
        m_settings.setValue("partial", file.isPartial);
        m_settings.setValue("opened", file.opened.toString(Qt::ISODate));
    }
    m_settings.endArray();
}

QString openedText(const QDateTime& opened, const QDateTime& now) {
    const QLocale english(QLocale::English, QLocale::UnitedKingdom);
    const qint64 days = opened.date().daysTo(now.date());
    if (days == 0)
        return RecentFiles::tr("today %1").arg(english.toString(opened, QStringLiteral("HH:mm")));
    if (days == 1)
        return RecentFiles::tr("yesterday");
    if (days > 1 && days < 7)
        return english.toString(opened, QStringLiteral("dddd"));
    const bool thisYear = opened.date().year() == now.date().year();
    return english.toString(opened,
                            thisYear ? QStringLiteral("d MMM") : QStringLiteral("d MMM yyyy"));
}

}  // namespace clipscope::widgets
