// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include "widgets/plots/caption_row.h"
#include "widgets/plots/range_overlay.h"

namespace clipscope::widgets {

/// The skeleton of the stack: lane, histogram, divergence and error under each other, caption rows
/// between them, on one margin group and with linked key axes.
struct PlotFrame {
    PlotRects rects;
    CaptionRow* divergenceCaption = nullptr;
    CaptionRow* errorCaption = nullptr;
    QCPGraph* histogram = nullptr;
    QCPGraph* divergence = nullptr;
    QCPGraph* mirror = nullptr;  ///< of the divergence, left of 0
    QCPGraph* clip = nullptr;
    QCPGraph* round = nullptr;
    QCPGraph* total = nullptr;

    QCPAxis* key() const { return rects.histogram->axis(QCPAxis::atBottom); }
    QCPAxis* counts() const { return rects.histogram->axis(QCPAxis::atLeft); }
    /// Pens, brushes and fonts of the palette in use.
    void restyle(const QFont& font);
    void setLogCounts(bool isLog);
};

/// Layers of the stack, bottom up. The last three are buffered, each replotted for itself.
inline const QString kCurvesLayer = QStringLiteral("curves");
inline const QString kOverlayLayer = QStringLiteral("overlay");
inline const QString kCursorLayer = QStringLiteral("cursor");

/// Fills an empty plot.
PlotFrame makePlotFrame(QCustomPlot& plot);

}  // namespace clipscope::widgets
