// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <limits>
#include <memory>
#include <vector>

#include "analysis/session/plot_bins.h"
#include "analysis/session/range_edit.h"
#include "analysis/session/tensor_plots.h"
#include "widgets/plots/plot_source.h"

namespace clipscope::widgets {

/// What all parts of the stack of plots draw. Owned by the stack; its items keep a reference.
struct PlotScene {
    QString tensor;
    std::shared_ptr<const PlotSource> source;            ///< null while nothing is shown
    std::shared_ptr<const session::TensorPlots> curves;  ///< null until computed
    std::shared_ptr<const session::ErrorPlot> affine;  ///< of the shown range; null until computed
    session::Setting shown;                            ///< with the drag in progress
    session::Setting original;
    session::SettingFigures figures;  ///< of `shown`
    session::SettingFigures originalFigures;
    session::PlotBins bins;  ///< over the view
    bool folded = false;     ///< the histogram is of |x|
    bool logCounts = true;
    QString failure;       ///< why there are no curves; empty while they are computed
    int focusedMark = -1;  ///< index of the tick that has the keyboard's focus
    double hover = std::numeric_limits<double>::quiet_NaN();  ///< value under the cursor

    /// The curves of the kind of range that is shown; null until computed.
    const session::ErrorPlot* errors() const {
        if (shown.isAffine)
            return affine.get();
        return curves ? &curves->symmetric : nullptr;
    }
};

/// A method's threshold in the lane: where its ticks stand and what applying it sets.
struct LaneTick {
    std::string method;
    QString label;
    double lo = 0;  ///< where the low handle snaps to
    double hi = 0;
    bool drawsLow = false;  ///< an affine range: two ticks
    session::Setting setting;
};
std::vector<LaneTick> laneTicks(const PlotScene& scene);

}  // namespace clipscope::widgets
