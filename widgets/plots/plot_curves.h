// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "analysis/session/plot_view.h"
#include "widgets/plots/plot_frame.h"

namespace clipscope::widgets {

/// Bring what the scene has into the graphs of the frame, and give the value axes the range of what
/// is to be seen of it in the view. The caller replots.

void fillHistogram(const PlotFrame& frame, const PlotScene& scene);
void fillDivergence(const PlotFrame& frame, const PlotScene& scene, const session::PlotView& view);
/// Returns whether the range of the axis changed; `keepsRange`: it may only grow, as while a handle
/// is dragged, when every change would replot all.
bool fillErrors(const PlotFrame& frame, const PlotScene& scene, const session::PlotView& view,
                bool keepsRange = false);

}  // namespace clipscope::widgets
