// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/tensor_plots.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "analysis/quantization/curves.h"

namespace clipscope::session {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
/// Percentiles that get a tick besides the method's own default.
constexpr std::array kPercentiles{"99.9", "99.99"};

/// Their p, and that of the session where it has one of its own.
std::vector<std::string> percentilesOf(const threshold::Parameters& sessionParameters) {
    std::vector<std::string> percentiles(kPercentiles.begin(), kPercentiles.end());
    const auto own = sessionParameters.find("p");
    if (own != sessionParameters.end() &&
        std::ranges::find(percentiles, own->second) == percentiles.end())
        percentiles.push_back(own->second);
    return percentiles;
}

double decibels(double mse, double meanSquare) {
    return mse > 0 && meanSquare > 0 ? 10 * std::log10(mse / meanSquare) : kNaN;
}

double meanSquare(const quantization::Density& density) {
    return density.total() > 0 ? density.squares() / density.total() : 0;
}

/// Where the total is least among indices [first, last); -1 where there is none.
int leastOf(const std::vector<double>& total, size_t first, size_t last) {
    int least = -1;
    for (size_t i = first; i < last; ++i)
        if (!std::isnan(total[i]) && (least < 0 || total[i] < total[static_cast<size_t>(least)]))
            least = static_cast<int>(i);
    return least;
}

ErrorPlot plotOf(const quantization::ErrorCurve& curve, double signal) {
    ErrorPlot plot;
    plot.threshold = curve.threshold;
    for (const quantization::ErrorParts& parts : curve.error) {
        plot.clip.push_back(decibels(parts.clipMse, signal));
        plot.round.push_back(decibels(parts.roundMse, signal));
        plot.total.push_back(decibels(parts.total(), signal));
    }
    const auto positive = std::ranges::upper_bound(plot.threshold, 0.0);
    const auto middle = static_cast<size_t>(positive - plot.threshold.begin());
    plot.leastLow = leastOf(plot.total, 0, middle);
    plot.leastHigh = leastOf(plot.total, middle, plot.total.size());
    return plot;
}

MethodTick tickOf(const threshold::Method& method, const threshold::Result& result,
                  const std::string& label) {
    MethodTick tick{std::string(method.id), label, result.threshold, result.lo, result.hi, false};
    tick.hasRange = result.lo != -result.threshold || result.hi != result.threshold;
    return tick;
}

}  // namespace

double PlotCurve::at(double x) const {
    if (threshold.empty() || !(x >= threshold.front() && x <= threshold.back()))
        return kNaN;
    const auto above = std::ranges::lower_bound(threshold, x);
    const auto i = static_cast<size_t>(above - threshold.begin());
    if (threshold[i] == x || i == 0)
        return value[i];
    const double part = (x - threshold[i - 1]) / (threshold[i] - threshold[i - 1]);
    if (!std::isfinite(value[i - 1]) || !std::isfinite(value[i]))
        return part < 0.5 ? value[i - 1] : value[i];
    return value[i - 1] + part * (value[i] - value[i - 1]);
}

TensorPlots computeTensorPlots(const histogram::TensorStatistics& statistics,
                               const std::string& sessionMethod,
                               const threshold::Parameters& sessionParameters,
                               const CancellationToken& cancel) {
    const threshold::Distribution distribution(statistics);
    TensorPlots plots;
    const bool isDivergence = sessionMethod.starts_with("entropy");
    plots.divergenceMethod = isDivergence ? sessionMethod : "entropy";
    if (isDivergence)
        plots.divergenceParameters = sessionParameters;
    if (!(distribution.amax() > 0))
        return plots;

    for (const threshold::Method& method : threshold::methods()) {
        cancel.check();
        if (method.id == "percentile") {
            for (const std::string& percent : percentilesOf(sessionParameters))
                plots.ticks.push_back(
                    tickOf(method, threshold::compute(method, distribution, {{"p", percent}}),
                           "p" + percent));
            continue;
        }
        const bool isSessions = method.id == sessionMethod;
        const threshold::Result result = threshold::compute(
            method, distribution, isSessions ? sessionParameters : threshold::Parameters{});
        plots.ticks.push_back(tickOf(method, result, std::string(method.id)));
        if (method.id != plots.divergenceMethod)
            continue;
        plots.divergence = {result.curve.threshold, result.curve.value, result.curve.chosen};
        plots.firstBins = result.curve.firstBins;
        plots.stride = result.curve.stride;
    }
    cancel.check();
    const quantization::Density& density = distribution.density();
    plots.symmetric = plotOf(quantization::symmetricErrorCurve(density), meanSquare(density));
    return plots;
}

ErrorPlot affineErrorPlot(const quantization::Density& density, double lo, double hi, size_t n) {
    return plotOf(quantization::affineErrorCurve(density, lo, hi, n), meanSquare(density));
}

SettingFigures figuresOf(const quantization::Density& density, const PlotCurve* divergence,
                         const Setting& setting) {
    SettingFigures figures;
    const quantization::Quantizer quantizer = setting.quantizer();
    figures.error = quantization::evaluate(density, quantizer);
    figures.lowest = quantizer.lowest();
    figures.highest = quantizer.highest();
    const double signal = figures.error.meanSquare;
    figures.clipDb = decibels(figures.error.clipMse, signal);
    figures.roundDb = decibels(figures.error.roundMse, signal);
    figures.totalDb = decibels(figures.error.totalMse(), signal);
    figures.divergence = divergence && !setting.isAffine ? divergence->at(setting.hi) : kNaN;
    if (density.total() > 0) {
        figures.clippedLowPercent = 100 * figures.error.clippedLow / density.total();
        figures.clippedHighPercent = 100 * figures.error.clippedHigh / density.total();
    }
    return figures;
}

}  // namespace clipscope::session
