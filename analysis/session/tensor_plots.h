// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analysis/base/cancellation.h"
#include "analysis/quantization/error.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// A curve over T. Values may be infinite or NaN where the curve is not defined.
struct PlotCurve {
    std::vector<double> threshold;  ///< ascending
    std::vector<double> value;
    int least = -1;  ///< index of the minimum, of the methods' rule for the divergence; -1: none

    /// Linear between the points, the nearer one's value beside one that is not finite; NaN outside
    /// of them.
    double at(double x) const;
};

/// Errors as 10 log10(mse / mean x^2) dB, which is minus the SQNR; NaN where there is no error.
struct ErrorPlot {
    std::vector<double> threshold;  ///< ascending; for affine ranges lo (< 0) and hi (> 0)
    std::vector<double> clip;
    std::vector<double> round;
    std::vector<double> total;
    int leastLow = -1;  ///< index of the least total among thresholds < 0; -1: none
    int leastHigh = -1;
};

/// Where a method puts its threshold: the ticks that a handle snaps to.
struct MethodTick {
    std::string method;    ///< id
    std::string label;     ///< the id, "p99.99" for percentiles
    double threshold = 0;  ///< symmetric
    double lo = 0;         ///< affine; unused unless hasRange
    double hi = 0;
    bool hasRange = false;  ///< the method gives an affine range of its own
};

/// What a plot of one tensor shows besides its bins. Immutable and independent of the setting, so
/// that it is computed once, off the GUI thread.
struct TensorPlots {
    std::string divergenceMethod;  ///< the session's where it minimises a divergence, else entropy
    threshold::Parameters divergenceParameters;
    PlotCurve divergence;  ///< nats
    int firstBins = 0;     ///< point k of the divergence keeps bins [0, firstBins + k * stride)
    int stride = 1;
    ErrorPlot symmetric;
    std::vector<MethodTick> ticks;  ///< in the order of the table of methods
};

/// Throws Cancelled. Tensors without a distribution (no finite value but zero) get empty curves.
TensorPlots computeTensorPlots(const histogram::TensorStatistics& statistics,
                               const std::string& sessionMethod,
                               const threshold::Parameters& sessionParameters,
                               const CancellationToken& cancel = {});

/// Errors of affine ranges: left of 0 as lo moves and hi stays, right of 0 as hi moves; n points on
/// each side.
ErrorPlot affineErrorPlot(const quantization::Density& density, double lo, double hi, size_t n);

/// What a setting costs, as captions and marks at T show it.
struct SettingFigures {
    quantization::QuantizationError error;
    double clipDb = 0;  ///< as in ErrorPlot
    double roundDb = 0;
    double totalDb = 0;
    double divergence = 0;  ///< nats, read from the curve; NaN for affine ranges and beyond it
    double lowest = 0;      ///< representable bounds: values beyond them clip
    double highest = 0;
    double clippedLowPercent = 0;  ///< 0..100
    double clippedHighPercent = 0;
};
/// `divergence` may be null.
SettingFigures figuresOf(const quantization::Density& density, const PlotCurve* divergence,
                         const Setting& setting);

}  // namespace clipscope::session
