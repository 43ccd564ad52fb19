// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "widgets/plots/range_overlay.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr double kRing = 4.5;

}  // namespace

MinimaMarks::MinimaMarks(QCustomPlot* plot, const PlotRects& rects, const PlotScene& scene)
    : QCPAbstractItem(plot), m_rects(rects), m_scene(scene) {
    setClipToAxisRect(false);
    setSelectable(false);
}

double MinimaMarks::selectTest(const QPointF&, bool, QVariant*) const {
    return -1;
}

void MinimaMarks::drawRing(QCPPainter* painter, const QCPAxisRect* rect, double at, double value,
                           const QColor& color) const {
    const double x = rect->axis(QCPAxis::atBottom)->coordToPixel(at);
    const double y = rect->axis(QCPAxis::atLeft)->coordToPixel(value);
    if (x < rect->left() || x > rect->right() + 1 || !std::isfinite(y) || y < rect->top() ||
        y > rect->bottom())
        return;
    painter->setPen(QPen(color, 1.6));
    painter->setBrush(colors().base);
    painter->drawEllipse(QPointF(x, y), kRing, kRing);
}

void MinimaMarks::draw(QCPPainter* painter) {
    painter->setAntialiasing(true);
    if (m_scene.curves && m_scene.curves->divergence.least >= 0) {
        const session::PlotCurve& curve = m_scene.curves->divergence;
        const auto least = static_cast<size_t>(curve.least);
        drawRing(painter, m_rects.divergence, curve.threshold[least], curve.value[least],
                 colors().divergence);
    }
    if (const session::ErrorPlot* errors = m_scene.errors())
        for (const int least : {errors->leastLow, errors->leastHigh})
            if (least >= 0)
                drawRing(painter, m_rects.error, errors->threshold[static_cast<size_t>(least)],
                         errors->total[static_cast<size_t>(least)], colors().total);
}

}  // namespace clipscope::widgets
