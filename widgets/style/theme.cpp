// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/theme.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusInterface>
#include <QDBusReply>
#include <QDBusVariant>
#include <QPalette>
#include <QStyleFactory>
#include <QToolTip>

namespace clipscope::widgets {
namespace {

const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kGroup = QStringLiteral("org.freedesktop.appearance");
const QString kKey = QStringLiteral("color-scheme");
constexpr uint kPrefersDark = 1;
constexpr int kPortalTimeout = 200;  ///< ms; a desktop without the portal must not delay the start

/// What the desktop says; without a portal, whether its own palette is dark.
bool systemIsDark() {
    QDBusInterface portal(kService, kPath, kInterface);
    if (portal.isValid()) {
        portal.setTimeout(kPortalTimeout);
        const QDBusReply<QDBusVariant> reply = portal.call(QStringLiteral("Read"), kGroup, kKey);
        if (reply.isValid()) {
            QVariant value = reply.value().variant();
            if (value.canConvert<QDBusVariant>())
                value = value.value<QDBusVariant>().variant();
            if (value.toUInt() != 0)
                return value.toUInt() == kPrefersDark;
        }
    }
    return QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
}

QPalette qtPalette(const Palette& from) {
    QPalette to;
    to.setColor(QPalette::Window, from.window);
    to.setColor(QPalette::WindowText, from.text);
    to.setColor(QPalette::Base, from.base);
    to.setColor(QPalette::AlternateBase, from.alternate);
    to.setColor(QPalette::Text, from.text);
    to.setColor(QPalette::PlaceholderText, from.faint);
    to.setColor(QPalette::Button, from.isDark ? from.softLine : from.alternate);
    to.setColor(QPalette::ButtonText, from.text);
    to.setColor(QPalette::ToolTipBase, from.base);
    to.setColor(QPalette::ToolTipText, from.text);
    to.setColor(QPalette::Highlight, from.selection);
    to.setColor(QPalette::HighlightedText, from.text);
    to.setColor(QPalette::Link, from.accent);
    to.setColor(QPalette::LinkVisited, from.accent);
    to.setColor(QPalette::BrightText, from.error);
    to.setColor(QPalette::Light, from.isDark ? from.line : from.base);
    to.setColor(QPalette::Midlight, from.softLine);
    to.setColor(QPalette::Mid, from.line);
    to.setColor(QPalette::Dark, from.line);
    to.setColor(QPalette::Shadow, from.isDark ? QColor(Qt::black) : from.faint);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        to.setColor(QPalette::Disabled, role, from.faint);
    to.setColor(QPalette::Disabled, QPalette::Base, from.window);
    return to;
}

}  // namespace

Theme::Theme() {
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    m_systemIsDark = systemIsDark();
    QDBusConnection::sessionBus().connect(kService, kPath, kInterface,
                                          QStringLiteral("SettingChanged"), this,
                                          SLOT(readPortalSetting(QString, QString, QDBusVariant)));
    m_isDark = m_systemIsDark;
    apply();
}

Theme& Theme::instance() {
    static auto* theme =
        new Theme;  // Outlives the widgets; the application is gone before statics.
    return *theme;
}

const Palette& Theme::palette() const {
    return m_isDark ? darkPalette() : lightPalette();
}

void Theme::setAppearance(Appearance appearance) {
    m_appearance = appearance;
    const bool isDark =
        appearance == Appearance::System ? m_systemIsDark : appearance == Appearance::Dark;
    if (isDark == m_isDark)
        return;
    m_isDark = isDark;
    apply();
    emit changed();
}

void Theme::readPortalSetting(const QString& group, const QString& key, const QDBusVariant& value) {
    if (group != kGroup || key != kKey)
        return;
    m_systemIsDark = value.variant().toUInt() == kPrefersDark;
    setAppearance(m_appearance);
}

void Theme::apply() {
    const Palette& colors = palette();
    QApplication::setPalette(qtPalette(colors));
    // No style sheet for this: with one, Qt drops the palettes of widgets that change their parent.
    QToolTip::setPalette(qtPalette(colors));
}

}  // namespace clipscope::widgets
