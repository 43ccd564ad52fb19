// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "widgets/plots/range_overlay.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {

HoverLine::HoverLine(QCustomPlot* plot, const PlotRects& rects, const PlotScene& scene)
    : QCPAbstractItem(plot), m_rects(rects), m_scene(scene) {
    setClipToAxisRect(false);
    setSelectable(false);
}

double HoverLine::selectTest(const QPointF&, bool, QVariant*) const {
    return -1;
}

void HoverLine::draw(QCPPainter* painter) {
    painter->setAntialiasing(false);
    if (m_box.isValid()) {
        QColor fill = colors().threshold;
        fill.setAlphaF(0.12f);
        painter->setPen(QPen(colors().threshold, 1));
        painter->setBrush(fill);
        painter->drawRect(m_box);
        return;
    }
    if (!std::isfinite(m_scene.hover))
        return;
    const double x =
        std::round(m_rects.histogram->axis(QCPAxis::atBottom)->coordToPixel(m_scene.hover));
    if (x < m_rects.histogram->left() || x > m_rects.histogram->right())
        return;
    QPen pen(colors().text, 1);
    pen.setDashPattern({1, 3});
    painter->setPen(pen);
    for (const QCPAxisRect* rect : {m_rects.histogram, m_rects.divergence, m_rects.error})
        painter->drawLine(QLineF(x, rect->top(), x, rect->bottom()));
}

}  // namespace clipscope::widgets
