// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/range_dragger.h"

#include <cmath>

namespace clipscope::widgets {
namespace {

using session::RangeEnd;

constexpr double kReach = 5;  ///< pixels beside a line that count as on it
constexpr double kSnap = 6;   ///< pixels within which a handle snaps
constexpr double kFine = 0.1;

}  // namespace

RangeDragger::RangeDragger(const PlotRects& rects, const PlotScene& scene,
                           const RangeOverlay& overlay, const MethodLane& lane)
    : m_rects(rects), m_scene(scene), m_overlay(overlay), m_lane(lane) {}

std::optional<RangeEnd> RangeDragger::endAt(const QPointF& pos) const {
    std::optional<RangeEnd> nearest;
    double least = kReach + 0.5;
    for (const RangeEnd end : {RangeEnd::High, RangeEnd::Low}) {
        if (!m_overlay.isShown(end))
            continue;
        if (m_overlay.flagRect(end).contains(pos))
            return end;
        // The mirrored end of a symmetric range is a handle in the histogram alone.
        const bool isMirror = !m_scene.shown.isAffine && end == RangeEnd::Low;
        const int bottom = isMirror ? m_rects.histogram->bottom() : m_rects.error->bottom();
        const double distance = std::abs(pos.x() - m_overlay.pixelOf(end));
        if (pos.y() >= m_rects.histogram->top() && pos.y() <= bottom && distance < least) {
            least = distance;
            nearest = end;
        }
    }
    return nearest;
}

void RangeDragger::begin(RangeEnd end, double x) {
    m_end = end;
    m_isActive = true;
    m_mouse = x;
    m_handle = m_overlay.pixelOf(end);
}

std::vector<RangeDragger::Target> RangeDragger::targets() const {
    std::vector<Target> targets;
    for (const LaneTick& tick : m_lane.ticks())
        if (m_end == RangeEnd::High || !m_scene.shown.isAffine || tick.drawsLow)
            targets.push_back({m_end == RangeEnd::Low ? tick.lo : tick.hi, tick.setting});
    if (m_scene.original.isAffine == m_scene.shown.isAffine)
        targets.push_back({session::rangeEnd(m_scene.original, m_end), m_scene.original});
    return targets;
}

RangeDragger::Step RangeDragger::stepTo(double value) const {
    Step step;
    step.setting = session::movedTo(m_scene.shown, m_end, value, m_scene.source->binWidth);
    step.setting.keepFloat = m_scene.shown.keepFloat;
    step.isHeld = m_scene.shown.isAffine && (m_end == RangeEnd::Low ? value > 0 : value < 0);
    return step;
}

RangeDragger::Step RangeDragger::moved(double x, Qt::KeyboardModifiers modifiers) {
    const bool isFine = modifiers.testFlag(Qt::ShiftModifier);
    m_handle += (x - m_mouse) * (isFine ? kFine : 1);
    m_mouse = x;
    const QCPAxis* key = m_rects.histogram->axis(QCPAxis::atBottom);
    if (modifiers.testFlag(Qt::AltModifier))
        return stepTo(key->pixelToCoord(m_handle));
    // A finer drag must be able to leave a tick again.
    double least = isFine ? kSnap * kFine : kSnap;
    std::optional<Target> nearest;
    for (const Target& target : targets()) {
        const double distance = std::abs(key->coordToPixel(target.value) - m_handle);
        if (distance <= least) {
            least = distance;
            nearest = target;
        }
    }
    if (!nearest)
        return stepTo(key->pixelToCoord(m_handle));
    Step step = stepTo(nearest->value);
    step.isSnapped = true;
    // A symmetric range has one T, so that it then is the method's.
    if (!m_scene.shown.isAffine) {
        step.setting = nearest->setting;
        step.setting.keepFloat = m_scene.shown.keepFloat;
    }
    return step;
}

RangeDragger::Step RangeDragger::nudged(int bins) const {
    const double width = m_scene.source->binWidth;
    Step step;
    step.setting = session::nudged(m_scene.shown, m_end, bins, width);
    step.setting.keepFloat = m_scene.shown.keepFloat;
    const double asked = session::rangeEnd(m_scene.shown, m_end) + bins * width;
    step.isHeld = m_scene.shown.isAffine && (m_end == RangeEnd::Low ? asked > 0 : asked < 0);
    return step;
}

}  // namespace clipscope::widgets
