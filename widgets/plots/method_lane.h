// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include "widgets/plots/lane_layout.h"

namespace clipscope::widgets {

/// Draws each method's threshold as a labelled tick above the histogram.
class MethodLane : public QCPAbstractItem {
    Q_OBJECT

public:
    MethodLane(QCustomPlot* plot, QCPAxisRect* lane, const PlotScene& scene);

    double selectTest(const QPointF& pos, bool onlySelectable, QVariant* details) const override;
    /// The mark at that place; null where there is none.
    const LaneMark* markAt(const QPointF& pos) const;
    const std::vector<LaneTick>& ticks() const { return m_ticks; }
    /// After other curves or another kind of range.
    void updateTicks();

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawMark(QCPPainter* painter, const LaneMark& mark, const QRectF& lane) const;
    void drawFocus(QCPPainter* painter) const;
    void drawTitle(QCPPainter* painter, const QRectF& lane) const;

    QCPAxisRect* m_lane;
    const PlotScene& m_scene;
    std::vector<LaneTick> m_ticks;
    std::vector<LaneMark> m_marks;
};

}  // namespace clipscope::widgets
