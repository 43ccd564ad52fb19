// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "widgets/style/palette.h"

class QDBusVariant;

namespace clipscope::widgets {

enum class Appearance { System, Light, Dark };

/// Light or dark, for the whole application. Views read palette() when they draw and subscribe to
/// changed() for what they keep (pixmaps, pens of plots).
class Theme : public QObject {
    Q_OBJECT

public:
    /// The one theme; made on first use, after the QApplication.
    static Theme& instance();

    Appearance appearance() const { return m_appearance; }
    void setAppearance(Appearance appearance);
    const Palette& palette() const;

signals:
    void changed();

private slots:
    /// Of the desktop portal: `value` is 1 where the user prefers dark.
    void readPortalSetting(const QString& group, const QString& key, const QDBusVariant& value);

private:
    Theme();
    void apply();

    Appearance m_appearance = Appearance::System;
    bool m_systemIsDark = false;
    bool m_isDark = false;
};

/// The colours now in use. (Not "palette": inside a widget that is Qt's.)
inline const Palette& colors() {
    return Theme::instance().palette();
}

}  // namespace clipscope::widgets
