// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include "widgets/plots/plot_scene.h"

namespace clipscope::widgets {

/// The rects of the stack that share the threshold axis.
struct PlotRects {
    QCPAxisRect* lane = nullptr;
    QCPAxisRect* histogram = nullptr;
    QCPAxisRect* divergence = nullptr;
    QCPAxisRect* error = nullptr;
};

/// Everything that moves with T: clipped zones and the clipped part of the histogram, the lines at
/// the ends of the range with their handles and labels, the ghost of the original, squares at T.
/// On a layer of its own, so that a drag replots nothing else.
class RangeOverlay : public QCPAbstractItem {
    Q_OBJECT

public:
    RangeOverlay(QCustomPlot* plot, const PlotRects& rects, const PlotScene& scene);

    double selectTest(const QPointF& pos, bool onlySelectable, QVariant* details) const override;

    /// x of an end of the shown range in pixels.
    double pixelOf(session::RangeEnd end) const;
    bool isShown(session::RangeEnd end) const;     ///< in the view, and not folded away
    QRectF flagRect(session::RangeEnd end) const;  ///< of the label at an end that is shown

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawZone(QCPPainter* painter, session::RangeEnd end) const;
    void drawShare(QCPPainter* painter, const QRectF& zone, session::RangeEnd end) const;
    void drawGhost(QCPPainter* painter, session::RangeEnd end) const;
    void drawLine(QCPPainter* painter, session::RangeEnd end) const;
    void drawHandle(QCPPainter* painter, session::RangeEnd end) const;
    void drawFlag(QCPPainter* painter, session::RangeEnd end) const;
    void drawMarks(QCPPainter* painter) const;
    QString flagText(session::RangeEnd end) const;
    QPolygonF outline(double lo, double hi) const;
    double toPixel(double value) const;
    bool isInView(double x) const;

    PlotRects m_rects;
    const PlotScene& m_scene;
};

/// Rings at the minima of the curves, on the curves' layer.
class MinimaMarks : public QCPAbstractItem {
    Q_OBJECT

public:
    MinimaMarks(QCustomPlot* plot, const PlotRects& rects, const PlotScene& scene);
    double selectTest(const QPointF& pos, bool onlySelectable, QVariant* details) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawRing(QCPPainter* painter, const QCPAxisRect* rect, double at, double value,
                  const QColor& color) const;

    PlotRects m_rects;
    const PlotScene& m_scene;
};

/// The dotted line under the cursor and the box of a zoom, on a layer of their own.
class HoverLine : public QCPAbstractItem {
    Q_OBJECT

public:
    HoverLine(QCustomPlot* plot, const PlotRects& rects, const PlotScene& scene);
    double selectTest(const QPointF& pos, bool onlySelectable, QVariant* details) const override;
    /// Pixels; an invalid rect for none.
    void setBox(const QRect& box) { m_box = box; }
    QRect box() const { return m_box; }

protected:
    void draw(QCPPainter* painter) override;

private:
    PlotRects m_rects;
    const PlotScene& m_scene;
    QRect m_box;
};

}  // namespace clipscope::widgets
