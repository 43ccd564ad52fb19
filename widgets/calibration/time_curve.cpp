// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/time_curve.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kHead = 20;
constexpr int kLeft = 40;

/// The least of 1, 2, 5 times a power of ten that is not below the value.
double niceTop(double value) {
    if (!(value > 0))
        return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double lead : {1.0, 2.0, 5.0})
        if (lead * power >= value)
            return lead * power;
    return 10 * power;
}

}  // namespace

TimeCurve::TimeCurve(const QString& title, QWidget* parent) : QWidget(parent), m_title(title) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(title);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void TimeCurve::setPoints(const QPolygonF& points, const QString& latest) {
    m_points = points;
    m_latest = latest;
    setToolTip(tr("%1: %2 now, over the time of this run").arg(m_title, latest));
    update();
}

void TimeCurve::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Palette& shades = colors();
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(shades.text);
    const QRectF head(0, 0, width(), kHead);
    painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter, m_title);
    painter.setFont(font());
    painter.drawText(head, Qt::AlignRight | Qt::AlignVCenter, m_latest);

    const QRectF plot = QRectF(rect()).adjusted(kLeft, kHead + 2, -1, -6);
    painter.fillRect(plot, shades.base);
    double most = 0;
    for (const QPointF& point : m_points)
        most = std::max(most, point.y());
    const double top = niceTop(most);
    for (int part = 0; part <= 2; ++part) {
        const double y = plot.bottom() - plot.height() * part / 2;
        painter.setPen(shades.grid);
        painter.drawLine(QLineF(plot.left(), y, plot.right(), y));
        painter.setPen(shades.muted);
        painter.drawText(QRectF(0, y - 8, kLeft - 6, 16), Qt::AlignRight | Qt::AlignVCenter,
                         axisText(top * part / 2));
    }
    if (m_points.size() > 1) {
        const double span = std::max(m_points.last().x(), 1e-3);
        QPolygonF line;
        for (const QPointF& point : m_points)
            line << QPointF(plot.left() + point.x() / span * plot.width(),
                            plot.bottom() - point.y() / top * plot.height());
        QPolygonF area = line;
        area << QPointF(line.last().x(), plot.bottom()) << QPointF(line.first().x(), plot.bottom());
        QColor fill = shades.accent;
        fill.setAlphaF(0.15f);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawPolygon(area);
        painter.setPen(QPen(shades.accent, 1.4));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(line);
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    painter.setPen(shades.line);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(plot.adjusted(0, 0, -0.5, -0.5));
}

QString axisText(double value) {
    return value < 1000 ? QString::number(value, 'g', 3)
                        : countText(static_cast<uint64_t>(std::llround(value)));
}

}  // namespace clipscope::widgets
