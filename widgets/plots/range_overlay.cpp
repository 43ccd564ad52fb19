// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/range_overlay.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

using session::RangeEnd;

constexpr std::array kEnds{RangeEnd::Low, RangeEnd::High};
constexpr QSizeF kGrip{10, 24};
constexpr double kFlagTop = 10;  ///< below the top of the histogram
constexpr double kShareTop = 44;
constexpr double kPad = 6;
constexpr double kSquare = 7;

double crisp(double x) {
    return std::round(x);
}

void drawText(QCPPainter* painter, const QRectF& rect, const QString& text, bool isBold) {
    QFont font = painter->font();
    font.setBold(isBold);
    painter->setFont(font);
    painter->drawText(rect, Qt::AlignCenter, text);
}

}  // namespace

RangeOverlay::RangeOverlay(QCustomPlot* plot, const PlotRects& rects, const PlotScene& scene)
    : QCPAbstractItem(plot), m_rects(rects), m_scene(scene) {
    setClipToAxisRect(false);
    setSelectable(false);
}

double RangeOverlay::selectTest(const QPointF&, bool, QVariant*) const {
    return -1;
}

double RangeOverlay::toPixel(double value) const {
    return m_rects.histogram->axis(QCPAxis::atBottom)->coordToPixel(value);
}

bool RangeOverlay::isInView(double x) const {
    return x >= m_rects.histogram->left() && x <= m_rects.histogram->right() + 1;
}

double RangeOverlay::pixelOf(RangeEnd end) const {
    return toPixel(session::rangeEnd(m_scene.shown, end));
}

bool RangeOverlay::isShown(RangeEnd end) const {
    return m_scene.source && !(m_scene.folded && end == RangeEnd::Low) && isInView(pixelOf(end));
}

void RangeOverlay::draw(QCPPainter* painter) {
    if (!m_scene.source)
        return;
    painter->setFont(mParentPlot->font());
    painter->setAntialiasing(false);
    for (const RangeEnd end : kEnds)
        drawZone(painter, end);
    for (const RangeEnd end : kEnds)
        drawGhost(painter, end);
    for (const RangeEnd end : kEnds)
        if (isShown(end))
            drawLine(painter, end);
    drawMarks(painter);
    for (const RangeEnd end : kEnds)
        if (isShown(end)) {
            drawHandle(painter, end);
            drawFlag(painter, end);
        }
}

/// The drawn steps between two values as a closed polygon in pixels.
QPolygonF RangeOverlay::outline(double lo, double hi) const {
    const session::PlotBins& bins = m_scene.bins;
    QPolygonF polygon;
    if (bins.counts.empty())
        return polygon;
    const auto last = static_cast<double>(bins.counts.size());
    const auto indexAt = [&](double x) {
        const double index = x / bins.width - static_cast<double>(bins.first);
        return static_cast<size_t>(std::clamp(index, 0.0, last));
    };
    const size_t end = std::min(indexAt(hi) + 1, bins.counts.size());
    const QCPAxis* value = m_rects.histogram->axis(QCPAxis::atLeft);
    const double floor = m_rects.histogram->bottom() + 2;
    for (size_t i = indexAt(lo); i < end; ++i) {
        const double y =
            bins.counts[i] > 0
                ? std::min(value->coordToPixel(static_cast<double>(bins.counts[i])), floor)
                : floor;
        const double left = toPixel(bins.edge(i));
        if (polygon.isEmpty())
            polygon << QPointF(left, floor);
        polygon << QPointF(left, y) << QPointF(toPixel(bins.edge(i + 1)), y);
    }
    if (!polygon.isEmpty())
        polygon << QPointF(polygon.last().x(), floor);
    return polygon;
}

void RangeOverlay::drawZone(QCPPainter* painter, RangeEnd end) const {
    if (m_scene.folded && end == RangeEnd::Low)
        return;
    const bool isLow = end == RangeEnd::Low;
    const QRectF plot = m_rects.histogram->rect();
    const double bound = crisp(toPixel(isLow ? m_scene.figures.lowest : m_scene.figures.highest));
    QRectF zone = plot;
    if (isLow)
        zone.setRight(std::min(bound, plot.right()));
    else
        zone.setLeft(std::max(bound, plot.left()));
    if (!(zone.width() > 0.5))
        return;
    painter->save();
    painter->setClipRect(zone, Qt::IntersectClip);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colors().zone());
    painter->drawRect(zone);
    // A value at T itself is drawn in the bin beyond, but does not clip.
    const quantization::QuantizationError& error = m_scene.figures.error;
    if (!((isLow ? error.clippedLow : error.clippedHigh) + (m_scene.folded ? error.clippedLow : 0) >
          0))
        return painter->restore();
    QColor fill = colors().clipping;
    fill.setAlphaF(0.55f);
    painter->setBrush(fill);
    painter->setPen(QPen(colors().clipping, 1));
    const QCPAxis* key = m_rects.histogram->axis(QCPAxis::atBottom);
    painter->drawPolygon(outline(key->pixelToCoord(zone.left()), key->pixelToCoord(zone.right())));
    painter->restore();
    drawShare(painter, zone, end);
}

void RangeOverlay::drawShare(QCPPainter* painter, const QRectF& zone, RangeEnd end) const {
    const session::SettingFigures& figures = m_scene.figures;
    double percent = end == RangeEnd::Low ? figures.clippedLowPercent : figures.clippedHighPercent;
    double count = end == RangeEnd::Low ? figures.error.clippedLow : figures.error.clippedHigh;
    if (m_scene.folded) {
        percent = figures.error.clipPercent;
        count = figures.error.clippedLow + figures.error.clippedHigh;
    }
    if (!(count > 0))
        return;
    const auto values = static_cast<uint64_t>(std::llround(std::max(count, 1.0)));
    const QString share = clipPercentText(percent) + QStringLiteral(" %");
    const QString number = values == 1 ? tr("1 value") : tr("%1 values").arg(countText(values));
    QFont bold = mParentPlot->font();
    bold.setBold(true);
    const QFontMetricsF metrics(bold);
    const double width =
        std::max(metrics.horizontalAdvance(share), metrics.horizontalAdvance(number)) + 4;
    if (zone.height() < kShareTop + 3 * metrics.height())
        return;
    // Beside the line, where the zone is too narrow.
    double left = zone.center().x() - width / 2;
    if (width > zone.width())
        left = end == RangeEnd::Low ? zone.right() + kPad : zone.left() - kPad - width;
    painter->setPen(colors().clipping);
    const double top = zone.top() + kShareTop;
    drawText(painter, {left, top, width, metrics.height()}, share, true);
    drawText(painter, {left, top + metrics.height() + 1, width, metrics.height()}, number, false);
}

void RangeOverlay::drawGhost(QCPPainter* painter, RangeEnd end) const {
    if ((m_scene.folded && end == RangeEnd::Low) || m_scene.original == m_scene.shown)
        return;
    const double x = toPixel(session::rangeEnd(m_scene.original, end));
    if (!isInView(x))
        return;
    QPen pen(colors().original, 1);
    pen.setDashPattern({4, 3});
    painter->setPen(pen);
    for (const QCPAxisRect* rect : {m_rects.histogram, m_rects.divergence, m_rects.error})
        painter->drawLine(QLineF(crisp(x), rect->top(), crisp(x), rect->bottom()));
}

void RangeOverlay::drawLine(QCPPainter* painter, RangeEnd end) const {
    const double x = crisp(pixelOf(end));
    // The mirrored end of a symmetric range has no curve of its own.
    const bool isMirror = !m_scene.shown.isAffine && end == RangeEnd::Low;
    for (const QCPAxisRect* rect : {m_rects.histogram, m_rects.divergence, m_rects.error}) {
        const bool isThin = isMirror && rect != m_rects.histogram;
        QColor color = colors().threshold;
        if (isThin)
            color.setAlphaF(0.5f);
        painter->setPen(Qt::NoPen);
        painter->setBrush(color);
        painter->drawRect(QRectF(isThin ? x : x - 1, rect->top(), isThin ? 1 : 2, rect->height()));
    }
}

void RangeOverlay::drawHandle(QCPPainter* painter, RangeEnd end) const {
    const QPointF centre(crisp(pixelOf(end)), m_rects.histogram->center().y());
    const QRectF grip(centre - QPointF(kGrip.width() / 2, kGrip.height() / 2), kGrip);
    painter->setAntialiasing(true);
    painter->setPen(QPen(colors().threshold, 1.5));
    painter->setBrush(colors().base);
    painter->drawRoundedRect(grip, 2.5, 2.5);
    painter->setAntialiasing(false);
    painter->setPen(QPen(colors().threshold, 1));
    for (const double dx : {-2.0, 1.0})
        painter->drawLine(QLineF(centre.x() + dx, centre.y() - 5, centre.x() + dx, centre.y() + 5));
}

QString RangeOverlay::flagText(RangeEnd end) const {
    const session::Setting& shown = m_scene.shown;
    const bool isLow = end == RangeEnd::Low;
    if (shown.isAffine)
        return (isLow ? tr("lo %1") : tr("hi %1"))
            .arg(significantText(session::rangeEnd(shown, end)));
    if (isLow)
        return QStringLiteral("−T");
    return (m_scene.folded ? tr("T %1") : tr("+T %1"))
        .arg(significantText(static_cast<double>(shown.threshold())));
}

QRectF RangeOverlay::flagRect(RangeEnd end) const {
    QFont bold = mParentPlot->font();
    bold.setBold(true);
    const QFontMetricsF metrics(bold);
    const double width = metrics.horizontalAdvance(flagText(end)) + 2 * kPad;
    const QRectF plot = m_rects.histogram->rect();
    const double x = crisp(pixelOf(end));
    double left = end == RangeEnd::Low ? x - width : x;
    if (left < plot.left())
        left = x;
    if (left + width > plot.right() + 1)
        left = x - width;
    return {left, plot.top() + kFlagTop, width, metrics.height() + 6};
}

void RangeOverlay::drawFlag(QCPPainter* painter, RangeEnd end) const {
    const QRectF flag = flagRect(end);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colors().threshold);
    painter->drawRect(flag);
    painter->setPen(colors().base);
    drawText(painter, flag, flagText(end), true);
    painter->setFont(mParentPlot->font());
}

void RangeOverlay::drawMarks(QCPPainter* painter) const {
    const auto square = [&](const QCPAxisRect* rect, double x, double value, const QColor& color) {
        const double y = rect->axis(QCPAxis::atLeft)->coordToPixel(value);
        if (!std::isfinite(value) || y < rect->top() || y > rect->bottom())
            return;
        painter->setPen(QPen(colors().base, 1));
        painter->setBrush(color);
        painter->drawRect(QRectF(x - kSquare / 2, y - kSquare / 2, kSquare, kSquare));
    };
    painter->setAntialiasing(false);
    const session::SettingFigures& figures = m_scene.figures;
    for (const RangeEnd end : kEnds) {
        if (!isShown(end) || (!m_scene.shown.isAffine && end == RangeEnd::Low))
            continue;
        const double x = crisp(pixelOf(end));
        square(m_rects.error, x, figures.clipDb, colors().clipping);
        square(m_rects.error, x, figures.roundDb, colors().rounding);
        square(m_rects.error, x, figures.totalDb, colors().total);
        if (end == RangeEnd::High)
            square(m_rects.divergence, x, figures.divergence, colors().divergence);
    }
}

}  // namespace clipscope::widgets
