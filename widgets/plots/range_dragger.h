// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <optional>

#include "widgets/plots/method_lane.h"
#include "widgets/plots/range_overlay.h"

namespace clipscope::widgets {

/// Turns movements of the mouse over a handle into settings: snaps to the ticks of methods and to
/// the original, finer with Shift, free with Alt.
class RangeDragger {
public:
    RangeDragger(const PlotRects& rects, const PlotScene& scene, const RangeOverlay& overlay,
                 const MethodLane& lane);

    /// The end whose handle, line or flag is at that place.
    std::optional<session::RangeEnd> endAt(const QPointF& pos) const;

    void begin(session::RangeEnd end, double x);
    bool isActive() const { return m_isActive; }
    void end() { m_isActive = false; }
    session::RangeEnd active() const { return m_end; }  ///< of the keyboard, too

    struct Step {
        session::Setting setting;
        bool isSnapped = false;
        bool isHeld = false;  ///< asked to cross 0, which an affine range must contain
    };
    /// The setting after the mouse moved to x (pixels).
    Step moved(double x, Qt::KeyboardModifiers modifiers);
    /// The active end moved by some bins of the session (not of the drawing).
    Step nudged(int bins) const;

private:
    struct Target {
        double value = 0;
        session::Setting setting;
    };
    std::vector<Target> targets() const;
    Step stepTo(double value) const;

    PlotRects m_rects;
    const PlotScene& m_scene;
    const RangeOverlay& m_overlay;
    const MethodLane& m_lane;
    session::RangeEnd m_end = session::RangeEnd::High;
    bool m_isActive = false;
    double m_handle = 0;  ///< where the handle would be without snapping, pixels
    double m_mouse = 0;
};

}  // namespace clipscope::widgets
