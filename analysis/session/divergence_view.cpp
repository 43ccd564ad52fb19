// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/divergence_view.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/threshold/explain.h"

namespace clipscope::session {
namespace {

/// Number of equal bins over [0, amax].
size_t binsOf(const threshold::Method& method, const threshold::Parameters& parameters) {
    if (const auto given = parameters.find("bins"); given != parameters.end())
        return std::stoul(given->second);
    for (const threshold::ParameterInfo& info : method.parameters)
        if (info.name == "bins")
            return std::stoul(std::string(info.defaultValue));
    return 0;
}

std::vector<DivergenceView::Contribution> largestOf(const threshold::DivergenceDetail& detail,
                                                    double width, size_t most) {
    std::vector<size_t> order(detail.contribution.size());
    std::iota(order.begin(), order.end(), size_t{0});
    most = std::min(most, order.size());
    const auto larger = [&](size_t a, size_t b) {
        return std::abs(detail.contribution[a]) > std::abs(detail.contribution[b]);
    };
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end(),
                      larger);
    std::vector<DivergenceView::Contribution> largest;
    for (size_t i = 0; i < most; ++i) {
        const size_t bin = order[i];
        if (detail.contribution[bin] == 0)
            break;
        const auto lo = static_cast<double>(bin) * width;
        largest.push_back({static_cast<int>(bin), lo, lo + width, detail.p[bin], detail.q[bin],
                           detail.contribution[bin]});
    }
    return largest;
}

}  // namespace

int nearestCandidate(const TensorPlots& plots, double threshold) {
    const std::vector<double>& candidates = plots.divergence.threshold;
    if (candidates.empty())
        return -1;
    const auto above = std::ranges::lower_bound(candidates, threshold);
    if (above == candidates.begin())
        return 0;
    if (above == candidates.end() || threshold - *(above - 1) <= *above - threshold)
        return static_cast<int>(above - candidates.begin()) - 1;
    return static_cast<int>(above - candidates.begin());
}

DivergenceView viewDivergence(const histogram::TensorStatistics& statistics,
                              const TensorPlots& plots, int candidate, size_t mostContributions) {
    const threshold::Method& method = threshold::findMethod(plots.divergenceMethod);
    const threshold::Distribution distribution(statistics);
    DivergenceView view;
    view.bins = plots.firstBins + candidate * plots.stride;
    const threshold::Explanation explained =
        threshold::explain(method, distribution, plots.divergenceParameters, view.bins);
    view.levels = explained.levels;
    view.binWidth =
        distribution.amax() / static_cast<double>(binsOf(method, plots.divergenceParameters));
    view.threshold = explained.threshold;
    view.divergence = explained.detail.divergence;
    view.outliers = explained.detail.outliers;
    view.outlierPercent =
        explained.detail.total > 0 ? 100 * view.outliers / explained.detail.total : 0;
    view.largest = largestOf(explained.detail, view.binWidth, mostContributions);
    view.p = explained.detail.p;
    view.q = explained.detail.q;
    return view;
}

}  // namespace clipscope::session
