// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetrics>
#include <QRect>
#include <functional>
#include <vector>

#include "widgets/plots/plot_scene.h"

namespace clipscope::widgets {

/// One mark of the lane: the ticks of methods that stand at (nearly) the same place.
struct LaneMark {
    double x = 0;   ///< pixels; at the edge of the lane for what lies outside of the view
    int row = 0;    ///< of the label, 0 at the bottom
    QString label;  ///< "" where it found no room
    QRectF labelRect;
    int outside = 0;            ///< -1 left of the view, +1 right of it
    std::vector<size_t> ticks;  ///< indices into the ticks given
    std::string method;         ///< of the first: the colour
};

/// Places marks and labels so that no tick crosses a label; `toPixel` maps values to x.
std::vector<LaneMark> layOutLane(const std::vector<LaneTick>& ticks, const QRectF& lane,
                                 const QFontMetrics& metrics,
                                 const std::function<double(double)>& toPixel);

inline constexpr int kLaneRows = 3;

}  // namespace clipscope::widgets
