// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/method_lane.h"

#include <algorithm>
#include <cmath>

#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr double kReach = 4;  ///< pixels around a tick that count as on it
constexpr double kArrow = 4;  ///< half the width of a tick's tip

}  // namespace

MethodLane::MethodLane(QCustomPlot* plot, QCPAxisRect* lane, const PlotScene& scene)
    : QCPAbstractItem(plot), m_lane(lane), m_scene(scene) {
    setClipToAxisRect(false);
    setSelectable(false);
}

double MethodLane::selectTest(const QPointF&, bool, QVariant*) const {
    return -1;
}

void MethodLane::updateTicks() {
    m_ticks = laneTicks(m_scene);
}

const LaneMark* MethodLane::markAt(const QPointF& pos) const {
    if (!m_lane->rect().adjusted(0, 0, 0, 2).contains(pos.toPoint()))
        return nullptr;
    const LaneMark* nearest = nullptr;
    for (const LaneMark& mark : m_marks) {
        if (!mark.label.isEmpty() && mark.labelRect.contains(pos))
            return &mark;
        const double distance = std::abs(mark.x - pos.x());
        if (mark.outside == 0 && distance <= kReach &&
            (!nearest || distance < std::abs(nearest->x - pos.x())))
            nearest = &mark;
    }
    return nearest;
}

void MethodLane::draw(QCPPainter* painter) {
    const QRectF lane = m_lane->rect();
    painter->setFont(mParentPlot->font());
    const QFontMetrics metrics(mParentPlot->font());
    const QCPAxis* key = m_lane->axis(QCPAxis::atBottom);
    m_marks = layOutLane(m_ticks, lane, metrics,
                         [key](double value) { return key->coordToPixel(value); });
    drawTitle(painter, lane);
    for (const LaneMark& mark : m_marks)
        drawMark(painter, mark, lane);
    drawFocus(painter);
}

void MethodLane::drawTitle(QCPPainter* painter, const QRectF& lane) const {
    if (m_ticks.empty())
        return;
    const QString title = tr("Threshold of each method");
    const QFontMetrics metrics(mParentPlot->font());
    QRectF rect(lane.left(), lane.top(), metrics.horizontalAdvance(title) + 6,
                lane.height() / kLaneRows);
    for (const LaneMark& mark : m_marks) {
        const bool isLine = mark.outside == 0 && mark.row == kLaneRows - 1 &&
                            mark.x < rect.right() && mark.x > rect.left();
        if (isLine || (!mark.label.isEmpty() && mark.labelRect.intersects(rect)))
            return;
    }
    painter->setPen(colors().muted);
    painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, title);
}

void MethodLane::drawFocus(QCPPainter* painter) const {
    if (m_scene.focusedMark < 0)
        return;
    const auto focused = static_cast<size_t>(m_scene.focusedMark);
    for (const LaneMark& mark : m_marks)
        if (std::ranges::find(mark.ticks, focused) != mark.ticks.end()) {
            const QRectF tick(mark.x - kReach, m_lane->bottom() - 12.0, 2 * kReach, 12);
            painter->setPen(QPen(colors().accent, 1.5));
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(mark.label.isEmpty() ? tick : mark.labelRect.adjusted(-2, 0, 2, 0));
        }
}

void MethodLane::drawMark(QCPPainter* painter, const LaneMark& mark, const QRectF& lane) const {
    const QColor color = colors().ofMethod(mark.method);
    painter->setPen(mark.outside ? colors().muted : color);
    painter->setBrush(Qt::NoBrush);
    if (!mark.label.isEmpty())
        painter->drawText(mark.labelRect, Qt::AlignLeft | Qt::AlignVCenter, mark.label);
    if (mark.outside)
        return;
    const double top =
        mark.label.isEmpty() ? lane.bottom() - lane.height() / kLaneRows : mark.labelRect.top() + 2;
    const double x = std::round(mark.x) + 0.5;
    painter->setPen(QPen(color, 1.2));
    painter->drawLine(QPointF(x, top), QPointF(x, lane.bottom() - kArrow));
    painter->setAntialiasing(true);
    painter->setPen(Qt::NoPen);
    painter->setBrush(color);
    const double bottom = lane.bottom() + 1;
    painter->drawPolygon(QPolygonF{QPointF(x - kArrow, bottom - 1.4 * kArrow),
                                   QPointF(x + kArrow, bottom - 1.4 * kArrow), QPointF(x, bottom)});
    painter->setAntialiasing(false);
}

}  // namespace clipscope::widgets
