// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/quantization/density.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// The part of the threshold axis that is shown.
struct PlotView {
    double lo = 0;
    double hi = 1;
    double width() const { return hi - lo; }
    bool operator==(const PlotView&) const = default;
};

/// All values, with some room at either end; `folded`: of |x|, from 0.
PlotView fullView(const quantization::Density& density, bool folded);

/// Where the decision lies: the thresholds of both settings and what is around them. Long tails are
/// left out; a one-sided tensor does not waste half of the view.
PlotView focusedView(const quantization::Density& density, const Setting& shown,
                     const Setting& original, bool folded);

/// The view scaled by `factor` about `at`, which stays where it is; never wider than twice the
/// values nor narrower than a few of the histogram's bins.
PlotView zoomed(const PlotView& view, double factor, double at,
                const quantization::Density& density);

}  // namespace clipscope::session
