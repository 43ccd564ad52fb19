// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_frame.h"

#include <array>

#include "widgets/plots/plot_tickers.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kLaneHeight = 48;
constexpr int kLeastHeight = 44;  ///< of a plot
constexpr std::array kStretch{1.0, 3.1, 1.0, 1.0, 1.0, 1.75};
constexpr int kPad = 8;

/// The plot comes with an overlay, which is buffered and above the others.
void addLayers(QCustomPlot& plot) {
    plot.addLayer(kCurvesLayer, plot.layer(kOverlayLayer), QCustomPlot::limBelow);
    plot.addLayer(kCursorLayer, plot.layer(kOverlayLayer), QCustomPlot::limAbove);
    for (const QString& name : {kCurvesLayer, kOverlayLayer, kCursorLayer})
        plot.layer(name)->setMode(QCPLayer::lmBuffered);
}

QCPAxisRect* makeRect(QCustomPlot& plot, QCPMarginGroup* group) {
    auto* rect = new QCPAxisRect(&plot, true);
    rect->setLayer(QStringLiteral("background"));  // Its brush must not cover the grid.
    rect->setupFullAxesBox(false);
    rect->setAutoMargins(QCP::msLeft | QCP::msRight);
    rect->setMargins(QMargins(0, 0, 0, 0));
    rect->setMinimumMargins(QMargins(0, 0, 14, 0));
    rect->setMarginGroup(QCP::msLeft | QCP::msRight, group);
    rect->setMinimumSize(80, kLeastHeight);
    for (QCPAxis* axis : rect->axes()) {
        axis->setLayer(QStringLiteral("axes"));
        axis->grid()->setLayer(QStringLiteral("grid"));
        const bool isMain =
            axis->axisType() == QCPAxis::atBottom || axis->axisType() == QCPAxis::atLeft;
        axis->setTicks(isMain);
        axis->setTickLabels(axis->axisType() == QCPAxis::atLeft);
        axis->setTickLength(0, 3);
        axis->setSubTickLength(0, 0);
        axis->setTickLabelPadding(6);
        axis->setLabelPadding(4);
    }
    return rect;
}

/// The lane has no axes to see; its key axis places the ticks.
QCPAxisRect* makeLane(QCustomPlot& plot, QCPMarginGroup* group) {
    QCPAxisRect* lane = makeRect(plot, group);
    lane->setMinimumSize(80, kLaneHeight);
    lane->setMaximumSize(QWIDGETSIZE_MAX, kLaneHeight);
    for (QCPAxis* axis : lane->axes()) {
        axis->setVisible(false);
        axis->grid()->setVisible(false);
    }
    return lane;
}

QCPGraph* makeGraph(QCPAxisRect* rect, const QString& layer) {
    QCustomPlot* plot = rect->parentPlot();
    QCPGraph* graph = plot->addGraph(rect->axis(QCPAxis::atBottom), rect->axis(QCPAxis::atLeft));
    graph->setLayer(layer);
    graph->setSelectable(QCP::stNone);
    return graph;
}

void setLogarithmic(QCPAxis* axis, bool isLog) {
    axis->setScaleType(isLog ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (isLog)
        axis->setTicker(QSharedPointer<PowerTicker>::create());
    else
        axis->setTicker(QSharedPointer<PlainTicker>::create());
}

void linkKeys(const PlotRects& rects) {
    QCPAxis* key = rects.histogram->axis(QCPAxis::atBottom);
    const auto ticker = QSharedPointer<PlainTicker>::create();
    key->setTicker(ticker);
    for (QCPAxisRect* rect : {rects.lane, rects.divergence, rects.error}) {
        QCPAxis* axis = rect->axis(QCPAxis::atBottom);
        axis->setTicker(ticker);
        QObject::connect(key, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), axis,
                         qOverload<const QCPRange&>(&QCPAxis::setRange));
    }
}

void styleAxes(QCPAxisRect* rect, const QFont& font) {
    const Palette& colors = widgets::colors();
    rect->setBackground(colors.base);
    for (QCPAxis* axis : rect->axes()) {
        axis->setBasePen(QPen(colors.line, 1));
        axis->setTickPen(QPen(colors.line, 1));
        axis->setSubTickPen(QPen(colors.line, 1));
        axis->setTickLabelFont(font);
        axis->setLabelFont(font);
        axis->setTickLabelColor(colors.muted);
        axis->setLabelColor(colors.muted);
        axis->grid()->setPen(QPen(colors.grid, 1));
        axis->grid()->setSubGridVisible(false);
        axis->grid()->setZeroLinePen(QPen(colors.softLine, 1));
    }
}

QPen dashed(const QColor& color, double width, const QVector<qreal>& dashes) {
    QPen pen(color, width);
    // Dashes are given in pixels, QPen wants them in widths.
    QVector<qreal> pattern;
    for (const qreal dash : dashes)
        pattern.push_back(dash / width);
    pen.setDashPattern(pattern);
    pen.setCapStyle(Qt::FlatCap);
    return pen;
}

}  // namespace

PlotFrame makePlotFrame(QCustomPlot& plot) {
    PlotFrame frame;
    plot.plotLayout()->clear();
    addLayers(plot);
    auto* group = new QCPMarginGroup(&plot);
    PlotRects& rects = frame.rects;
    rects.lane = makeLane(plot, group);
    rects.histogram = makeRect(plot, group);
    rects.divergence = makeRect(plot, group);
    rects.error = makeRect(plot, group);
    linkKeys(rects);

    rects.error->setAutoMargins(QCP::msLeft | QCP::msRight | QCP::msBottom);
    QCPAxis* bottom = rects.error->axis(QCPAxis::atBottom);
    bottom->setTickLabels(true);
    setLogarithmic(rects.divergence->axis(QCPAxis::atLeft), true);
    setLogarithmic(rects.error->axis(QCPAxis::atLeft), false);
    frame.setLogCounts(true);
    plot.setCurrentLayer(kOverlayLayer);
    frame.divergenceCaption = new CaptionRow(&plot, rects.divergence);
    frame.errorCaption = new CaptionRow(&plot, rects.error);
    plot.setCurrentLayer(QStringLiteral("main"));
    frame.histogram = makeGraph(rects.histogram, QStringLiteral("main"));
    frame.histogram->setLineStyle(QCPGraph::lsStepLeft);
    frame.histogram->setAntialiased(false);
    frame.histogram->setAntialiasedFill(false);
    frame.mirror = makeGraph(rects.divergence, QStringLiteral("main"));
    frame.divergence = makeGraph(rects.divergence, QStringLiteral("main"));
    frame.clip = makeGraph(rects.error, kCurvesLayer);
    frame.round = makeGraph(rects.error, kCurvesLayer);
    frame.total = makeGraph(rects.error, kCurvesLayer);

    QCPLayoutGrid* layout = plot.plotLayout();
    layout->setRowSpacing(0);
    const std::array<QCPLayoutElement*, 6> rows{
        rects.lane,       rects.histogram,    frame.divergenceCaption,
        rects.divergence, frame.errorCaption, rects.error};
    for (size_t row = 0; row < rows.size(); ++row) {
        layout->addElement(static_cast<int>(row), 0, rows[row]);
        layout->setRowStretchFactor(static_cast<int>(row), kStretch[row]);
    }
    layout->setMargins(QMargins(kPad, 4, 0, 4));
    return frame;
}

void PlotFrame::setLogCounts(bool isLog) {
    setLogarithmic(counts(), isLog);
}

void PlotFrame::restyle(const QFont& font) {
    const Palette& colors = widgets::colors();
    histogram->parentPlot()->setBackground(QBrush(colors.window));
    for (QCPAxisRect* rect : {rects.histogram, rects.divergence, rects.error})
        styleAxes(rect, font);
    rects.lane->setBackground(Qt::NoBrush);
    histogram->setPen(QPen(colors.outline, 1));
    histogram->setBrush(colors.fill);
    divergence->setPen(QPen(colors.divergence, 1.6));
    QColor faint = colors.divergence;
    faint.setAlphaF(0.45f);
    mirror->setPen(QPen(faint, 1));
    clip->setPen(dashed(colors.clipping, 1.4, {7, 3}));
    round->setPen(dashed(colors.rounding, 1.6, {1.6, 2.4}));
    total->setPen(QPen(colors.total, 2));
}

}  // namespace clipscope::widgets
