// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse and keyboard of the stack of plots.
#include <cmath>

#include "widgets/plots/plot_stack.h"
#include "widgets/style/number_text.h"

namespace clipscope::widgets {
namespace {

using session::RangeEnd;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kClick = 3;     ///< pixels that a click may move
constexpr double kWheel = 0.82;  ///< of the view a notch
constexpr double kNotch = 120;   ///< eighths of a degree
constexpr int kLargeNudge = 10;

}  // namespace

bool PlotStack::isOverPlots(const QPointF& pos) const {
    const PlotRects& rects = m_frame.rects;
    return m_scene.source && pos.x() >= rects.histogram->left() &&
           pos.x() <= rects.histogram->right() && pos.y() >= rects.lane->top() &&
           pos.y() <= rects.error->bottom();
}

double PlotStack::valueAt(const QPointF& pos) const {
    return m_frame.key()->pixelToCoord(pos.x());
}

void PlotStack::setHover(double x) {
    if (std::isnan(x) && std::isnan(m_scene.hover))
        return;
    m_scene.hover = x;
    layer(kCursorLayer)->replot();
    emit hovered(x);
}

void PlotStack::clearHover() {
    setHover(kNaN);
}

void PlotStack::mousePressEvent(QMouseEvent* event) {
    if (!isOverPlots(event->position()) || m_press != Press::None)
        return;
    m_pressPos = event->position();
    m_button = event->button();
    m_hasMoved = false;
    if (event->button() == Qt::RightButton) {
        m_press = Press::Box;
    } else if (event->button() == Qt::LeftButton) {
        const auto end = m_dragger.endAt(m_pressPos);
        if (m_lane->markAt(m_pressPos)) {
            m_press = Press::Mark;
        } else if (end) {
            m_press = Press::Handle;
            m_dragger.begin(*end, m_pressPos.x());
            setHover(kNaN);
        } else {
            m_press = Press::Pan;
        }
    }
}

void PlotStack::mouseMoveEvent(QMouseEvent* event) {
    const QPointF pos = event->position();
    if (m_press != Press::None && (pos - m_pressPos).manhattanLength() > kClick)
        m_hasMoved = true;
    switch (m_press) {
        case Press::Handle:
            dragTo(*event);
            return;
        case Press::Pan: {
            const double moved = valueAt(m_pressPos) - valueAt(pos);
            const session::PlotView now = view();
            if (m_hasMoved && moved != 0) {
                setCursor(Qt::ClosedHandCursor);
                setView({now.lo + moved, now.hi + moved});
                m_pressPos = pos;
            }
            return;
        }
        case Press::Box: {
            const QRect plots = m_frame.rects.histogram->rect();
            const double left = std::clamp<double>(m_pressPos.x(), plots.left(), plots.right());
            const double right = std::clamp<double>(pos.x(), plots.left(), plots.right());
            QRect box(QPoint(qRound(left), plots.top()),
                      QPoint(qRound(right), m_frame.rects.error->bottom()));
            m_cursor->setBox(m_hasMoved ? box.normalized() : QRect());
            layer(kCursorLayer)->replot();
            return;
        }
        default:
            break;
    }
    if (m_lane->markAt(pos))
        setCursor(Qt::PointingHandCursor);
    else if (isOverPlots(pos) && m_dragger.endAt(pos))
        setCursor(Qt::SizeHorCursor);
    else
        unsetCursor();
    setHover(isOverPlots(pos) && pos.y() >= m_frame.rects.histogram->top() ? valueAt(pos) : kNaN);
}

void PlotStack::dragTo(const QMouseEvent& event) {
    // A click that trembles is not an edit.
    if (!m_dragged && event.position() == m_pressPos)
        return;
    const RangeDragger::Step step = m_dragger.moved(event.position().x(), event.modifiers());
    tell(step);
    m_dragged = step.setting;
    emit previewed(step.setting);
}

/// Why the handle stays where it is.
void PlotStack::tell(const RangeDragger::Step& step) {
    if (!step.isHeld)
        return;
    emit noticed(m_dragger.active() == RangeEnd::Low
                     ? tr("lo stays at or below 0: zero must have a code of its own.")
                     : tr("hi stays at or above 0: zero must have a code of its own."));
}

void PlotStack::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != m_button)
        return;
    const Press press = std::exchange(m_press, Press::None);
    if (press == Press::Handle) {
        m_dragger.end();
        if (const auto setting = std::exchange(m_dragged, {}))
            emit edited(*setting, QString(), -1);
    } else if (press == Press::Mark && !m_hasMoved) {
        if (const LaneMark* mark = m_lane->markAt(event->position()))
            apply(mark->ticks.front());
    } else if (press == Press::Box) {
        if (m_hasMoved)
            finishBox();
        else
            emit menuRequested(event->globalPosition().toPoint());
    }
    unsetCursor();
}

void PlotStack::finishBox() {
    const QRect box = m_cursor->box();
    m_cursor->setBox({});
    layer(kCursorLayer)->replot();
    if (box.width() <= kClick)
        return;
    const double lo = m_frame.key()->pixelToCoord(box.left());
    const double hi = m_frame.key()->pixelToCoord(box.right());
    const double factor = (hi - lo) / view().width();
    // Through zoomed(), which knows how near one may come.
    const double at = (lo - factor * view().lo) / (1 - factor);
    setView(factor < 1 ? session::zoomed(view(), factor, at, m_scene.source->density)
                       : session::PlotView{lo, hi});
}

void PlotStack::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !isOverPlots(event->position()))
        return;
    if (m_lane->markAt(event->position()))
        return;
    if (m_dragger.endAt(event->position()))
        emit resetRequested();
    else
        fit();
}

void PlotStack::wheelEvent(QWheelEvent* event) {
    if (!isOverPlots(event->position()) || m_press != Press::None)
        return;
    const double notches = event->angleDelta().y() / kNotch;
    setView(session::zoomed(view(), std::pow(kWheel, notches), valueAt(event->position()),
                            m_scene.source->density));
    event->accept();
}

void PlotStack::leaveEvent(QEvent* event) {
    QCustomPlot::leaveEvent(event);
    setHover(kNaN);
}

void PlotStack::cancelDrag() {
    if (m_press == Press::Handle)
        m_press = Press::Cancelled;
    m_dragger.end();
    if (std::exchange(m_dragged, {}))
        emit previewCancelled();
}

void PlotStack::nudge(int bins) {
    const RangeDragger::Step step = m_dragger.nudged(bins);
    tell(step);
    const bool isLow = m_dragger.active() == RangeEnd::Low;
    emit edited(step.setting, tr("Nudge the range of %1").arg(m_scene.tensor),
                isLow ? kNudgeLowMerge : kNudgeHighMerge);
}

void PlotStack::apply(size_t tick) {
    emit edited(settingOf(tick),
                tr("Apply %1 to %2").arg(m_lane->ticks()[tick].label, m_scene.tensor), -1);
}

void PlotStack::keyPressEvent(QKeyEvent* event) {
    const int bins = event->modifiers().testFlag(Qt::ShiftModifier) ? kLargeNudge : 1;
    const bool canEdit = m_scene.source && m_press != Press::Handle;
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
            if (canEdit && !(event->modifiers() & (Qt::AltModifier | Qt::ControlModifier)))
                return nudge(event->key() == Qt::Key_Left ? -bins : bins);
            break;
        case Qt::Key_Escape:
            if (m_press == Press::Handle)
                return cancelDrag();
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (canEdit && m_scene.focusedMark >= 0)
                return apply(static_cast<size_t>(m_scene.focusedMark));
            break;
        default:
            break;
    }
    event->ignore();
}

/// Tab goes through the ticks of the lane before it leaves the plots.
bool PlotStack::focusNextPrevChild(bool next) {
    const int ticks = m_scene.source ? static_cast<int>(m_lane->ticks().size()) : 0;
    const int focused = m_scene.focusedMark + (next ? 1 : -1);
    if (!hasFocus() || focused < -1 || focused >= ticks)
        return QCustomPlot::focusNextPrevChild(next);
    m_scene.focusedMark = focused;
    replotLater();
    return true;
}

void PlotStack::focusOutEvent(QFocusEvent* event) {
    QCustomPlot::focusOutEvent(event);
    if (m_scene.focusedMark >= 0) {
        m_scene.focusedMark = -1;
        replotLater();
    }
}

bool PlotStack::event(QEvent* event) {
    // While a handle is held, Esc is ours, not a shortcut of the window.
    if (event->type() == QEvent::ShortcutOverride && m_press == Press::Handle &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    if (event->type() == QEvent::ToolTip || event->type() == QEvent::WhatsThis) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString text = helpAt(help->pos());
        if (event->type() == QEvent::WhatsThis)
            QWhatsThis::showText(help->globalPos(), text.isEmpty() ? whatsThis() : text, this);
        else if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QCustomPlot::event(event);
}

QString PlotStack::helpAt(const QPointF& pos) const {
    if (!m_scene.source)
        return {};
    if (const LaneMark* mark = m_lane->markAt(pos))
        return markHelp(*mark);
    if (m_frame.divergenceCaption->rect().contains(pos.toPoint()))
        return divergenceHelp();
    if (m_frame.errorCaption->rect().contains(pos.toPoint()))
        return errorHelp();
    if (isOverPlots(pos) && m_dragger.endAt(pos))
        return tr(
            "Drag to move. Shift: 10 times finer. Alt: does not snap. Esc: reverts. Double "
            "click: back to the original.");
    return {};
}

QString PlotStack::markHelp(const LaneMark& mark) const {
    QStringList lines;
    for (const size_t index : mark.ticks) {
        const LaneTick& tick = m_lane->ticks()[index];
        const session::SettingFigures figures =
            session::figuresOf(m_scene.source->density, nullptr, tick.setting);
        lines << tr("%1: %2, SQNR %3 dB, %4 % clipped")
                     .arg(tick.label, settingText(tick.setting), decibelText(-figures.totalDb),
                          clipPercentText(figures.error.clipPercent));
    }
    lines << tr("Click to apply %1.").arg(m_lane->ticks()[mark.ticks.front()].label);
    return lines.join(QLatin1Char('\n'));
}

}  // namespace clipscope::widgets
