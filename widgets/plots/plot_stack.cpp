// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_stack.h"

#include <algorithm>
#include <cmath>

#include "widgets/plots/plot_curves.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace clipscope::widgets {
namespace {

constexpr int kLeastFont = 11;  ///< pixels
constexpr double kColumnsPerTick = 64;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// One pixel smaller than the window's.
QFont plotFont(const QWidget& widget) {
    QFont font = QApplication::font(&widget);
    const int size = QFontInfo(font).pixelSize() - 1;
    font.setPixelSize(std::max(size, kLeastFont));
    return font;
}

std::vector<CaptionRow::Entry> entriesOf(const Caption& caption, const PlotFrame& frame) {
    std::vector<CaptionRow::Entry> entries;
    for (const Caption::Series& series : caption.series) {
        const QCPGraph* graph = series.kind == Caption::Series::Divergence ? frame.divergence
                                : series.kind == Caption::Series::Clipping ? frame.clip
                                : series.kind == Caption::Series::Rounding ? frame.round
                                                                           : frame.total;
        entries.push_back({series.text, graph->pen()});
    }
    return entries;
}

constexpr int kCurvePace = 33;  ///< ms between two pictures of the curves during a drag

}  // namespace

PlotStack::PlotStack(QWidget* parent)
    : QCustomPlot(parent),
      m_frame(makePlotFrame(*this)),
      m_lane(new MethodLane(this, m_frame.rects.lane, m_scene)),
      m_minima(new MinimaMarks(this, m_frame.rects, m_scene)),
      m_overlay(new RangeOverlay(this, m_frame.rects, m_scene)),
      m_cursor(new HoverLine(this, m_frame.rects, m_scene)),
      m_dragger(m_frame.rects, m_scene, *m_overlay, *m_lane) {
    setObjectName(QStringLiteral("plotStack"));
    setAccessibleName(tr("Plots of the tensor"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setContextMenuPolicy(Qt::PreventContextMenu);  // A right drag zooms; a right click asks for it.
    setNoAntialiasingOnDrag(false);
    setWhatsThis(
        tr("Drag a handle to move the threshold; Shift is finer, Alt does not snap, Esc "
           "reverts. The wheel zooms on the cursor, a drag pans, a right drag zooms a box, "
           "a double click fits. Left and Right nudge by one bin, with Shift by ten."));
    m_lane->setLayer(QStringLiteral("axes"));
    m_minima->setLayer(kCurvesLayer);
    m_overlay->setLayer(kOverlayLayer);
    m_cursor->setLayer(kCursorLayer);
    connect(this, &QCustomPlot::afterLayout, this, &PlotStack::updateAfterLayout);
    connect(&Theme::instance(), &Theme::changed, this, &PlotStack::restyle);
    m_curvePace.setSingleShot(true);
    m_curvePace.setInterval(kCurvePace);
    connect(&m_curvePace, &QTimer::timeout, this, &PlotStack::showAffineErrors);
    restyle();
}

PlotStack::~PlotStack() = default;

void PlotStack::restyle() {
    const QFont font = plotFont(*this);
    setFont(font);
    m_frame.restyle(font);
    updateCaptions();
    replotLater();
}

void PlotStack::showTensor(const QString& name, std::shared_ptr<const PlotSource> source,
                           std::shared_ptr<const session::TensorPlots> curves,
                           const session::Setting& shown, const session::Setting& original) {
    cancelDrag();
    m_scene.tensor = name;
    m_scene.source = std::move(source);
    m_scene.curves = std::move(curves);
    dropAffineErrors();
    m_scene.failure.clear();
    m_scene.shown = shown;
    m_scene.original = original;
    m_scene.hover = kNaN;
    m_scene.focusedMark = -1;
    setAccessibleName(tr("Plots of %1").arg(name));
    updateFolded();
    updateFigures();
    m_lane->updateTicks();
    setView(session::focusedView(m_scene.source->density, shown, original, m_scene.folded));
}

void PlotStack::setCurves(std::shared_ptr<const session::TensorPlots> curves) {
    m_scene.curves = std::move(curves);
    m_lane->updateTicks();
    updateFigures();
    setView(view());
}

void PlotStack::setAffineErrors(std::shared_ptr<const session::ErrorPlot> errors) {
    m_nextAffine = std::move(errors);
    // A hand that drags sees the handle at every movement, the curves as often as an eye follows.
    if (!m_dragger.isActive())
        showAffineErrors();
    else if (!m_curvePace.isActive())
        m_curvePace.start();
}

void PlotStack::dropAffineErrors() {
    m_curvePace.stop();
    m_nextAffine.reset();
    m_scene.affine.reset();
}

void PlotStack::showAffineErrors() {
    m_curvePace.stop();
    m_scene.affine = std::move(m_nextAffine);
    updateCaptions();
    if (fillErrors(m_frame, m_scene, view(), m_dragger.isActive()))
        return replotLater();
    layer(kCurvesLayer)->replot();
    // A drag draws the captions anew anyway.
    if (!m_dragger.isActive())
        replotOverlay();
}

void PlotStack::setFailure(const QString& message) {
    m_scene.failure = message;
    updateCaptions();
    replotOverlay();
}

void PlotStack::setShown(const session::Setting& shown) {
    if (!m_scene.source)
        return;
    const bool isOtherKind = shown.isAffine != m_scene.shown.isAffine;
    m_scene.shown = shown;
    updateFigures();
    if (isOtherKind) {
        dropAffineErrors();
        m_lane->updateTicks();
        updateFolded();
        setView(
            session::focusedView(m_scene.source->density, shown, m_scene.original, m_scene.folded));
        return;
    }
    const session::PlotView now = view();
    const double high = session::rangeEnd(shown, session::RangeEnd::High);
    if (!m_dragger.isActive() && (high < now.lo || high > now.hi))
        setView(
            session::focusedView(m_scene.source->density, shown, m_scene.original, m_scene.folded));
    else
        replotOverlay();
}

void PlotStack::updateFigures() {
    const session::PlotCurve* divergence = m_scene.curves ? &m_scene.curves->divergence : nullptr;
    const quantization::Density& density = m_scene.source->density;
    m_scene.figures = session::figuresOf(density, divergence, m_scene.shown);
    if (!m_dragger.isActive())
        m_scene.originalFigures = session::figuresOf(density, divergence, m_scene.original);
    setAccessibleDescription(tr("%1, SQNR %2 dB, %3 % clipped")
                                 .arg(settingText(m_scene.shown),
                                      decibelText(-m_scene.figures.totalDb),
                                      clipPercentText(m_scene.figures.error.clipPercent)));
    updateCaptions();
}

void PlotStack::updateCaptions() {
    if (!m_scene.source)
        return;
    const QColor muted = widgets::colors().muted;
    const Caption divergence = divergenceCaption(m_scene);
    m_frame.divergenceCaption->setContent(entriesOf(divergence, m_frame), divergence.right, muted);
    const Caption error = errorCaption(m_scene);
    m_frame.errorCaption->setContent(entriesOf(error, m_frame), error.right, muted);
}

void PlotStack::updateFolded() {
    m_scene.folded = m_isFoldWanted && !m_scene.shown.isAffine;
}

void PlotStack::setLogCounts(bool isLog) {
    m_scene.logCounts = isLog;
    m_frame.setLogCounts(isLog);
    fillHistogram(m_frame, m_scene);
    replotLater();
}

void PlotStack::setFolded(bool isFolded) {
    m_isFoldWanted = isFolded;
    updateFolded();
    if (m_scene.source)
        setView(session::focusedView(m_scene.source->density, m_scene.shown, m_scene.original,
                                     m_scene.folded));
}

session::PlotView PlotStack::view() const {
    const QCPRange range = m_frame.key()->range();
    return {range.lower, range.upper};
}

void PlotStack::setView(const session::PlotView& view) {
    if (!(view.lo < view.hi) || !m_scene.source)
        return;
    m_frame.key()->setRange(view.lo, view.hi);
    refill();
    replotLater();
    emit viewChanged();
}

/// What the graphs draw, for the view and the columns of pixels there are.
void PlotStack::refill() {
    const session::PlotView now = view();
    m_filledFor = m_frame.rects.histogram->size();
    const int columns = std::max(m_filledFor.width(), 1);
    const PlotSource& source = *m_scene.source;
    m_scene.bins = session::plotBins(m_scene.folded ? source.folded : source.density, now.lo,
                                     now.hi, static_cast<size_t>(columns));
    fillHistogram(m_frame, m_scene);
    fillDivergence(m_frame, m_scene, now);
    fillErrors(m_frame, m_scene, now);
}

void PlotStack::updateAfterLayout() {
    updateTickCounts();
    const QCPAxisRect* rect = m_frame.rects.histogram;
    QCPAxis* bottom = m_frame.rects.error->axis(QCPAxis::atBottom);
    const QFontMetrics metrics(font());
    bottom->setLabel(metrics.elidedText(keyLabel(m_scene), Qt::ElideRight, rect->width()));
    if (m_scene.source && rect->size() != m_filledFor)
        refill();
}

/// Ticks and names of the axes that fit into the height there is. The layout has used the old ones,
/// so that a change needs another replot.
void PlotStack::updateTickCounts() {
    bool isChanged = false;
    const auto setCount = [&](QCPAxis* axis, int pixels, double each, int least, int most) {
        const int count = std::clamp(static_cast<int>(pixels / each), least, most);
        isChanged |= axis->ticker()->tickCount() != count;
        axis->ticker()->setTickCount(count);
    };
    const auto setName = [&](const QCPAxisRect* rect, const QString& name, const QString& brief) {
        QCPAxis* axis = rect->axis(QCPAxis::atLeft);
        const bool fits = QFontMetrics(font()).horizontalAdvance(name) + 8 <= rect->height();
        isChanged |= axis->label() != (fits ? name : brief);
        axis->setLabel(fits ? name : brief);
    };
    const PlotRects& rects = m_frame.rects;
    setCount(m_frame.key(), rects.histogram->width(), kColumnsPerTick, 3, 14);
    setCount(m_frame.counts(), rects.histogram->height(), 32, 3, 9);
    setCount(rects.divergence->axis(QCPAxis::atLeft), rects.divergence->height(), 20, 2, 6);
    setCount(rects.error->axis(QCPAxis::atLeft), rects.error->height(), 24, 2, 8);
    setName(rects.histogram, tr("Values per bin"), tr("Values"));
    setName(rects.divergence, tr("KL, nats"), tr("nats"));
    setName(rects.error, tr("Error / signal, dB"), tr("dB"));
    if (isChanged)
        replotLater();
}

void PlotStack::fit() {
    if (!m_scene.source)
        return;
    const session::PlotView focused = session::focusedView(m_scene.source->density, m_scene.shown,
                                                           m_scene.original, m_scene.folded);
    setView(view() == focused ? session::fullView(m_scene.source->density, m_scene.folded)
                              : focused);
}

void PlotStack::zoom(double factor) {
    if (!m_scene.source)
        return;
    const session::PlotView now = view();
    const double at = std::isfinite(m_scene.hover) ? m_scene.hover : (now.lo + now.hi) / 2;
    setView(session::zoomed(now, factor, at, m_scene.source->density));
}

void PlotStack::replotOverlay() {
    layer(kOverlayLayer)->replot();
}

void PlotStack::replotLater() {
    replot(QCustomPlot::rpQueuedReplot);
}

session::Setting PlotStack::settingOf(size_t tick) const {
    session::Setting setting = m_lane->ticks()[tick].setting;
    const session::Setting& original = m_scene.original;
    // The session's own result also knows its reason; applying it is no edit.
    if (setting.method == original.method && setting.isAffine == original.isAffine &&
        setting.scale == original.scale && setting.zeroPoint == original.zeroPoint)
        setting = original;
    setting.keepFloat = m_scene.shown.keepFloat;
    return setting;
}

void PlotStack::changeEvent(QEvent* event) {
    QCustomPlot::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange)
        restyle();
}

}  // namespace clipscope::widgets
