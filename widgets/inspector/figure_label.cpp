// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/figure_label.h"

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include "widgets/style/icons.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kIconSize = 16;
constexpr int kIconGap = 4;
constexpr int kWarningSize = 14;
constexpr int kPadding = 2;  ///< a row is as high as its text and this

}  // namespace

FigureLabel::FigureLabel(const QString& text, Role role, Qt::Alignment alignment, QWidget* parent)
    : QWidget(parent), m_text(text), m_widest(text), m_role(role), m_alignment(alignment) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void FigureLabel::setText(const QString& text) {
    if (text == m_text)
        return;
    m_text = text;
    setAccessibleName(text);
    update();
}

void FigureLabel::setRole(Role role) {
    if (role == m_role)
        return;
    m_role = role;
    update();
}

void FigureLabel::setStale(bool isStale) {
    if (isStale == m_isStale)
        return;
    m_isStale = isStale;
    update();
}

void FigureLabel::setWidest(const QString& text) {
    m_widest = text;
    updateGeometry();
}

void FigureLabel::setIcon(const QString& name) {
    if (name == m_icon)
        return;
    m_icon = name;
    update();
}

void FigureLabel::setWarns(bool warns) {
    if (warns == m_warns)
        return;
    m_warns = warns;
    update();
}

QFont FigureLabel::textFont() const {
    QFont font = this->font();
    if (m_role == Role::Strong)
        font.setWeight(QFont::DemiBold);
    return font;
}

QSize FigureLabel::sizeHint() const {
    const int icon = m_icon.isEmpty() ? 0 : kIconSize + kIconGap;
    return {icon + QFontMetrics(textFont()).horizontalAdvance(m_widest) + 2,
            fontMetrics().height() + kPadding};
}

QSize FigureLabel::minimumSizeHint() const {
    return {0, sizeHint().height()};
}

QRect FigureLabel::textRect() const {
    return rect().adjusted(m_icon.isEmpty() ? 0 : kIconSize + kIconGap, 0,
                           m_warns ? -kWarningSize - kIconGap : 0, 0);
}

void FigureLabel::paintEvent(QPaintEvent*) {
    const Palette& colors = widgets::colors();
    QColor color = colors.text;
    if (m_isStale || !isEnabled())
        color = colors.faint;
    else if (m_role == Role::Muted)
        color = colors.muted;
    else if (m_role == Role::Threshold)
        color = colors.threshold;
    else if (m_role == Role::Warning)
        color = colors.warning;
    QPainter painter(this);
    painter.setFont(textFont());
    painter.setPen(color);
    const QRect area = textRect();
    if (!m_icon.isEmpty())
        painter.drawPixmap(0, (height() - kIconSize) / 2,
                           iconPixmap(m_icon, color, kIconSize, devicePixelRatioF()));
    const QString text = painter.fontMetrics().elidedText(m_text, m_elide, area.width());
    painter.drawText(area, static_cast<int>(m_alignment | Qt::AlignVCenter), text);
    if (m_warns)
        painter.drawPixmap(
            area.left() + painter.fontMetrics().horizontalAdvance(text) + kIconGap,
            (height() - kWarningSize) / 2,
            iconPixmap(QStringLiteral("warning"), m_isStale ? colors.faint : colors.warning,
                       kWarningSize, devicePixelRatioF()));
}

bool FigureLabel::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || !toolTip().isEmpty())
        return QWidget::event(event);
    if (QFontMetrics(textFont()).horizontalAdvance(m_text) > textRect().width())
        QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), m_text, this);
    return true;
}

MethodMark::MethodMark(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void MethodMark::setMethod(const std::string& method) {
    m_method = method;
    update();
}

void MethodMark::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(widgets::colors().ofMethod(m_method));
    const QPointF middle = QRectF(rect()).center();
    painter.drawPolygon(QPolygonF{{middle.x() - 4, middle.y() - 3},
                                  {middle.x() + 4, middle.y() - 3},
                                  {middle.x(), middle.y() + 4}});
}

}  // namespace clipscope::widgets
