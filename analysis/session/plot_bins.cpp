// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/plot_bins.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/histogram/histogram.h"

namespace clipscope::session {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Width of the histogram's bins next to |x| = magnitude.
double fineWidth(double magnitude) {
    return std::exp2(std::floor(std::log2(magnitude)) - histogram::kFineBits);
}

/// Nominal width times the power of two that brings it to `least` or just above.
double drawnWidth(double nominal, double least) {
    return nominal * std::exp2(std::ceil(std::log2(least / nominal)));
}

uint64_t countBelow(const quantization::Density& density, double x) {
    return static_cast<uint64_t>(std::llround(density.below(x).count));
}

}  // namespace

int64_t PlotBins::indexOf(double x) const {
    if (!(width > 0))
        return -1;
    const double i = std::floor(x / width) - static_cast<double>(first);
    return i >= 0 && i < static_cast<double>(counts.size()) ? static_cast<int64_t>(i) : -1;
}

double nominalWidth(const quantization::Density& density) {
    return density.amax() / kNominalBins;
}

PlotBins plotBins(const quantization::Density& density, double lo, double hi, size_t columns) {
    PlotBins bins;
    const double amax = density.amax();
    if (!(amax > 0) || !(lo < hi) || columns == 0)
        return bins;
    const double far = std::min(std::max(std::abs(lo), std::abs(hi)), amax);
    const double column = (hi - lo) / static_cast<double>(columns);
    bins.width = drawnWidth(nominalWidth(density), std::max(column, fineWidth(far)));

    const double from = std::floor(std::max(lo, density.min()) / bins.width);
    const double to = std::floor(std::min(hi, density.max()) / bins.width);
    if (!(from <= to))
        return bins;
    bins.first = static_cast<int64_t>(from);
    bins.counts.resize(static_cast<size_t>(to - from) + 1);
    uint64_t before = countBelow(density, bins.edge(0));
    for (size_t i = 0; i < bins.counts.size(); ++i) {
        const uint64_t upTo = countBelow(density, bins.edge(i + 1));
        bins.counts[i] = upTo - before;
        bins.most = std::max(bins.most, bins.counts[i]);
        before = upTo;
    }
    return bins;
}

PlotReading readPlot(const quantization::Density& density, const PlotBins& bins, double x,
                     bool ofMagnitude, const quantization::Quantizer& quantizer) {
    PlotReading reading;
    if (!(bins.width > 0))
        return reading;
    reading.lo = std::floor(x / bins.width) * bins.width;
    reading.hi = reading.lo + bins.width;
    if (const int64_t i = bins.indexOf(x); i >= 0)
        reading.count = bins.counts[static_cast<size_t>(i)];
    reading.at = ofMagnitude ? std::abs(x) : x;
    const double upTo = density.below(std::nextafter(reading.at, kInfinity)).count;
    const double beyond = ofMagnitude ? density.below(-reading.at).count : 0;
    reading.percent = 100 * (upTo - beyond) / density.total();
    reading.code = quantizer.code(static_cast<float>(x));
    return reading;
}

}  // namespace clipscope::session
