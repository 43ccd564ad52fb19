// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_curves.h"

#include <algorithm>
#include <cmath>

#include "widgets/plots/thinning.h"

namespace clipscope::widgets {
namespace {

constexpr double kFloor = 0.7;             ///< of a logarithmic axis of counts
constexpr double kMirror = 128.0 / 127.0;  ///< the low end of a symmetric range, of T
constexpr double kBelowLeast = 22;         ///< dB shown below the least total error
constexpr double kAboveLeast = 45;         ///< and above
constexpr double kDeepest = -60;           ///< dB; what lies deeper decides nothing
constexpr double kDecades = 4;             ///< of the divergence above its least

using Points = QVector<QCPGraphData>;

CurveScale scaleOf(const QCPAxisRect* rect, const session::PlotView& view) {
    const QCPAxis* axis = rect->axis(QCPAxis::atLeft);
    return {{view.lo, view.hi},
            axis->range(),
            static_cast<double>(std::max(rect->width(), 1)),
            static_cast<double>(std::max(rect->height(), 1)),
            axis->scaleType() == QCPAxis::stLogarithmic};
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
    const QCPAxisRect* rect = frame.rects.divergence;
    rect->axis(QCPAxis::atLeft)->setRange(divergenceRange(curve, view));
    frame.divergence->data()->set(thinned(curve.threshold, curve.value, scaleOf(rect, view)), true);
    Points mirrored;
    if (!scene.folded && !scene.shown.isAffine && scene.source->density.min() < 0) {
        const session::PlotView other{-view.hi / kMirror, -view.lo / kMirror};
        mirrored = thinned(curve.threshold, curve.value, scaleOf(rect, other));
        for (QCPGraphData& point : mirrored)
            point.key *= -kMirror;
        std::ranges::reverse(mirrored);
    }
    frame.mirror->data()->set(mirrored, true);
}

bool fillErrors(const PlotFrame& frame, const PlotScene& scene, const session::PlotView& view,
                bool keepsRange) {
    const session::ErrorPlot* errors = scene.errors();
    static const session::ErrorPlot kNone;
    if (!errors)
        errors = &kNone;
    const QCPAxisRect* rect = frame.rects.error;
    QCPAxis* axis = rect->axis(QCPAxis::atLeft);
    const QCPRange before = axis->range();
    if (errors != &kNone) {
        QCPRange wanted = errorRange(*errors, view);
        if (keepsRange)
            wanted.expand(before);
        axis->setRange(wanted);
    }
    const CurveScale scale = scaleOf(rect, view);
    frame.clip->data()->set(thinned(errors->threshold, errors->clip, scale), true);
    frame.round->data()->set(thinned(errors->threshold, errors->round, scale), true);
    frame.total->data()->set(thinned(errors->threshold, errors->total, scale), true);
    return axis->range() != before;
}

}  // namespace clipscope::widgets
