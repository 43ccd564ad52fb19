// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start/action_button.h"

#include <QPainter>
#include <QStyleOptionButton>
#include <algorithm>

#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kIconSize = 16;
constexpr int kIconPlace = 40;
constexpr int kMargin = 12;
constexpr int kLeastHeight = 44;
constexpr double kSmall = 11.0 / 12;

QFont bold(QFont font) {
    font.setBold(true);
    return font;
}

}  // namespace

QFont scaledFont(QFont font, double factor) {
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * factor);
    else
        font.setPixelSize(qRound(font.pixelSize() * factor));
    return font;
}

ActionButton::ActionButton(const QString& iconName, const QString& title, const QString& text,
                           const QKeySequence& keys, QWidget* parent)
    : QPushButton(parent),
      m_iconName(iconName),
      m_title(title),
      m_text(text),
      m_keys(keys.toString(QKeySequence::NativeText)) {
    setAccessibleName(title);
    setAccessibleDescription(text);
    setToolTip(m_keys.isEmpty() ? text : tr("%1 (%2)").arg(text, m_keys));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize ActionButton::sizeHint() const {
    const QFontMetrics upper(bold(font()));
    const QFontMetrics lower(scaledFont(font(), kSmall));
    const int keys = m_keys.isEmpty() ? 0 : lower.horizontalAdvance(m_keys) + kMargin;
    const int width =
        std::max(upper.horizontalAdvance(m_title) + keys, lower.horizontalAdvance(m_text) + keys);
    return {kIconPlace + width + kMargin,
            std::max(kLeastHeight, upper.height() + lower.height() + kMargin)};
}

QSize ActionButton::minimumSizeHint() const {
    return {kIconPlace + QFontMetrics(bold(font())).horizontalAdvance(m_title) + kMargin,
            sizeHint().height()};
}

void ActionButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    drawFace(painter);

    const QFont upperFont = bold(font());
    const QFont lowerFont = scaledFont(font(), kSmall);
    const QFontMetrics upper(upperFont);
    const QFontMetrics lower(lowerFont);
    const Palette& colors = widgets::colors();
    QRect place(0, 0, kIconSize, kIconSize);
    place.moveCenter({kIconPlace / 2 + 1, height() / 2});
    painter.drawPixmap(place,
                       iconPixmap(m_iconName, colors.accent, kIconSize, devicePixelRatioF()));

    QRect lines = rect().adjusted(kIconPlace, 0, -kMargin, 0);
    painter.setFont(lowerFont);
    painter.setPen(colors.muted);
    if (!m_keys.isEmpty()) {
        painter.drawText(lines, Qt::AlignVCenter | Qt::AlignRight, m_keys);
        lines.setRight(lines.right() - lower.horizontalAdvance(m_keys) - kMargin);
    }
    const int top = (height() - upper.height() - lower.height()) / 2;
    painter.drawText(lines.left(), top + upper.height() + lower.ascent(),
                     lower.elidedText(m_text, Qt::ElideRight, lines.width()));
    painter.setFont(upperFont);
    painter.setPen(colors.text);
    painter.drawText(lines.left(), top + upper.ascent(),
                     upper.elidedText(m_title, Qt::ElideRight, lines.width()));
}

/// Not the style's: on its dark button the muted line would not reach 4.5:1.
void ActionButton::drawFace(QPainter& painter) const {
    const Palette& colors = widgets::colors();
    QStyleOptionButton option;
    initStyleOption(&option);
    const bool isHeld = option.state & (QStyle::State_MouseOver | QStyle::State_Sunken);
    const bool hasMark =
        option.state & QStyle::State_HasFocus && option.state & QStyle::State_KeyboardFocusChange;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(isHeld ? colors.note : colors.isDark ? colors.softLine : colors.base);
    painter.setPen(QPen(isDown() || hasMark ? colors.accent : colors.line, hasMark ? 2 : 1));
    const double inset = hasMark ? 1 : 0.5;
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), 3, 3);
    painter.restore();
}

}  // namespace clipscope::widgets
