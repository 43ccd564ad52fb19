// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_curves.h"

#include <algorithm>
#include <cmath>

namespace clipscope::widgets {
namespace {

constexpr double kFloor = 0.7;             ///< of a logarithmic axis of counts
constexpr double kMirror = 128.0 / 127.0;  ///< the low end of a symmetric range, of T
constexpr double kBelowLeast = 22;         ///< dB shown below the least total error
constexpr double kAboveLeast = 45;         ///< and above
constexpr double kDeepest = -60;           ///< dB; what lies deeper decides nothing
constexpr double kDecades = 4;             ///< of the divergence above its least

using Points = QVector<QCPGraphData>;

/// With a gap at 0: the two sides of an affine plot are two curves.
Points pointsOf(const std::vector<double>& keys, const std::vector<double>& values) {
    Points points;
    points.reserve(static_cast<qsizetype>(keys.size()) + 1);
    for (size_t i = 0; i < keys.size(); ++i) {
        if (i > 0 && keys[i - 1] < 0 && keys[i] > 0)
            points.push_back({0, std::numeric_limits<double>::quiet_NaN()});
        points.push_back({keys[i], values[i]});
    }
    return points;
}

struct Extremes {
    double least = std::numeric_limits<double>::infinity();
    double most = -std::numeric_limits<double>::infinity();
    bool isEmpty() const { return !(least <= most); }
};

/// Of the finite values in view.
Extremes extremesOf(const std::vector<double>& keys, const std::vector<double>& values,
                    const session::PlotView& view) {
    Extremes extremes;
    for (size_t i = 0; i < keys.size(); ++i)
        if (keys[i] >= view.lo && keys[i] <= view.hi && std::isfinite(values[i])) {
            extremes.least = std::min(extremes.least, values[i]);
            extremes.most = std::max(extremes.most, values[i]);
        }
    return extremes;
}

QCPRange divergenceRange(const session::PlotCurve& curve, const session::PlotView& view) {
    std::vector<double> positive = curve.value;
    for (double& value : positive)
        if (!(value > 0))
            value = std::numeric_limits<double>::quiet_NaN();
    const Extremes seen = extremesOf(curve.threshold, positive, view);
    if (seen.isEmpty())
        return {1e-4, 1};
    const double lower = seen.least / 2;
    const double upper = std::min(seen.most * 1.6, lower * std::pow(10, kDecades));
    return {lower, std::max(upper, lower * 12)};
}

QCPRange errorRange(const session::ErrorPlot& errors, const session::PlotView& view) {
    Extremes seen = extremesOf(errors.threshold, errors.total, view);
    if (seen.isEmpty())
        return {-60, 0};
    seen.least = std::max(seen.least, kDeepest);
    const double lower = 10 * std::floor((seen.least - kBelowLeast) / 10);
    const double upper = 10 * std::ceil(std::min(seen.most, seen.least + kAboveLeast) / 10);
    return {lower, std::max(upper, lower + 30)};
}

}  // namespace

void fillHistogram(const PlotFrame& frame, const PlotScene& scene) {
    const session::PlotBins& bins = scene.bins;
    const double none = scene.logCounts ? kFloor / 10 : 0;
    Points points;
    points.reserve(static_cast<qsizetype>(bins.counts.size()) + 2);
    if (!bins.counts.empty())
        points.push_back({bins.edge(0), none});
    for (size_t i = 0; i < bins.counts.size(); ++i) {
        const auto count = static_cast<double>(bins.counts[i]);
        points.push_back({bins.edge(i), count > 0 ? count : none});
    }
    if (!bins.counts.empty())
        points.push_back({bins.edge(bins.counts.size()), none});
    frame.histogram->data()->set(points, true);
    const auto most = static_cast<double>(std::max<uint64_t>(bins.most, 1));
    if (scene.logCounts)
        frame.counts()->setRange(kFloor, std::pow(10, std::floor(std::log10(most * 1.6)) + 1));
    else
        frame.counts()->setRange(0, most * 1.1);
}

void fillDivergence(const PlotFrame& frame, const PlotScene& scene, const session::PlotView& view) {
    if (!scene.curves) {
        frame.divergence->data()->clear();
        frame.mirror->data()->clear();
        return;
    }
    const session::PlotCurve& curve = scene.curves->divergence;
    frame.divergence->data()->set(pointsOf(curve.threshold, curve.value), true);
    std::vector<double> mirrored;
    if (!scene.folded && !scene.shown.isAffine && scene.source->density.min() < 0)
        for (const double threshold : curve.threshold)
            mirrored.push_back(-threshold * kMirror);
    Points points = pointsOf(mirrored, curve.value);
    std::ranges::reverse(points);
    frame.mirror->data()->set(points, true);
    frame.rects.divergence->axis(QCPAxis::atLeft)->setRange(divergenceRange(curve, view));
}

bool fillErrors(const PlotFrame& frame, const PlotScene& scene, const session::PlotView& view) {
    const session::ErrorPlot* errors = scene.errors();
    static const session::ErrorPlot kNone;
    if (!errors)
        errors = &kNone;
    frame.clip->data()->set(pointsOf(errors->threshold, errors->clip), true);
    frame.round->data()->set(pointsOf(errors->threshold, errors->round), true);
    frame.total->data()->set(pointsOf(errors->threshold, errors->total), true);
    QCPAxis* axis = frame.rects.error->axis(QCPAxis::atLeft);
    const QCPRange before = axis->range();
    if (errors != &kNone)
        axis->setRange(errorRange(*errors, view));
    return axis->range() != before;
}

}  // namespace clipscope::widgets
