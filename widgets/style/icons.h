// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace clipscope::widgets {

/// The icon of that name (resources/icons/NAME.svg: 16x16, strokes and fills in #000000) in the
/// palette's text colour, drawn anew for the theme and the screen's scale in use.
QIcon icon(const QString& name);

/// Drawn in a colour that has a meaning, such as palette().warning; `size` in logical pixels.
QPixmap iconPixmap(const QString& name, const QColor& color, int size = 16, double scale = 1);

/// Bell curve between two thresholds.
QIcon applicationIcon();

}  // namespace clipscope::widgets
