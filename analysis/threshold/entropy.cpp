// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/threshold/divergence.h"
#include "analysis/threshold/explain.h"
#include "analysis/threshold/methods.h"
#include "analysis/threshold/parameters.h"

namespace clipscope::threshold {

namespace {

constexpr ParameterInfo kBins{"bins", "2048", "equal bins of |x| over [0, amax]", 2, 65536};
constexpr ParameterInfo kLevels{"levels", "128",
                                "levels of Q: 128 for symmetric int8, 256 for uint8", 2, 65536};
constexpr ParameterInfo kStart{"start", "128", "bins of the first candidate", 1, 65536};
constexpr ParameterInfo kStride{
    "stride", "1", "bins from candidate to candidate; public TensorRT caches suggest 8", 1, 65536};
constexpr std::array kParameters{kBins, kLevels, kStart, kStride};

constexpr double kTie = 1e-12;       ///< nats within which candidates are ties
constexpr int kWindow = 32;          ///< bins around the minimum that must be smooth
constexpr double kSmallJump = 0.05;  ///< of the larger of two neighbours

/// What tells the members of the family apart.
struct Rule {
    bool copyBin1To0;   ///< bins[0] := bins[1] before the search
    bool lastMinimum;   ///< of tied candidates the last, else the first
    bool isEdgeOfBins;  ///< T = edge[i], else (i + 0.5) amax / bins
};

constexpr Rule kEntropy{.copyBin1To0 = true, .lastMinimum = true, .isEdgeOfBins = true};
constexpr Rule kEntropyGtc{.copyBin1To0 = false, .lastMinimum = false, .isEdgeOfBins = false};
constexpr Rule kEntropyTrt{.copyBin1To0 = true, .lastMinimum = true, .isEdgeOfBins = false};

/// The candidates among which the minimum is sought: the divergence is finite and bins [0, i) hold
/// at least half of the counts as collected.
std::vector<bool> eligibleCandidates(const std::vector<uint64_t>& collected, const Curve& curve) {
    std::vector<bool> eligible(curve.value.size());
    uint64_t total = 0;
    for (const uint64_t count : collected)
        total += count;
    uint64_t kept = 0;
    size_t j = 0;
    for (size_t k = 0; k < curve.value.size(); ++k) {
        const size_t i =
            static_cast<size_t>(curve.firstBins) + k * static_cast<size_t>(curve.stride);
        for (; j < i; ++j)
            kept += collected[j];
        eligible[k] = std::isfinite(curve.value[k]) && kept >= total - kept;
    }
    return eligible;
}

int leastCandidate(const Curve& curve, const std::vector<bool>& eligible, bool last) {
    double least = std::numeric_limits<double>::infinity();
    for (size_t k = 0; k < curve.value.size(); ++k)
        if (eligible[k])
            least = std::min(least, curve.value[k]);
    int chosen = -1;
    for (size_t k = 0; k < curve.value.size(); ++k)
        if (eligible[k] && curve.value[k] <= least + kTie && (last || chosen < 0))
            chosen = static_cast<int>(k);
    return chosen;
}

/// Within 32 bins of the minimum a candidate is infinite or two neighbours, which are not ties,
/// differ by over 5 % of the larger.
bool isUnstable(const Curve& curve) {
    const int reach = kWindow / curve.stride;
    const int first = std::max(0, curve.chosen - reach);
    const int last = std::min(static_cast<int>(curve.value.size()) - 1, curve.chosen + reach);
    for (int k = first; k <= last; ++k) {
        const double value = curve.value[static_cast<size_t>(k)];
        if (!std::isfinite(value))
            return true;
        if (k == first)
            continue;
        const double before = curve.value[static_cast<size_t>(k - 1)];
        const double jump = std::abs(value - before);
        if (jump > kTie && jump > kSmallJump * std::max(value, before))
            return true;
    }
    return false;
}

DivergenceOptions optionsFor(const Parameters& parameters, const Rule& rule) {
    return {wholeParameter(parameters, kLevels), wholeParameter(parameters, kStart),
            wholeParameter(parameters, kStride), rule.copyBin1To0};
}

/// T of the candidate that keeps bins [0, i).
double thresholdAt(const histogram::EqualBins& bins, int i, const Rule& rule) {
    return rule.isEdgeOfBins ? static_cast<double>(bins.edge(static_cast<size_t>(i)))
                             : (i + 0.5) * bins.hi / static_cast<double>(bins.counts.size());
}

Result search(const Distribution& distribution, const Parameters& parameters, const Rule& rule) {
    const int n = wholeParameter(parameters, kBins);
    const DivergenceOptions options = optionsFor(parameters, rule);
    if (options.start > n)
        throw Error(ErrorCode::Usage,
                    fmt::format("start = {} leaves no candidate in {} bins; start must be at most "
                                "bins",
                                options.start, n));
    const histogram::EqualBins& bins = distribution.absBins(static_cast<size_t>(n));

    Result result;
    Curve& curve = result.curve;
    curve.kind = "kl";
    curve.firstBins = options.start;
    curve.stride = options.stride;
    curve.value = divergenceCurve(bins.counts, options);
    curve.threshold.reserve(curve.value.size());
    for (int i = options.start; i <= n; i += options.stride)
        curve.threshold.push_back(thresholdAt(bins, i, rule));

    curve.chosen = leastCandidate(curve, eligibleCandidates(bins.counts, curve), rule.lastMinimum);
    if (curve.chosen < 0) {
        result.threshold = distribution.amax();
        result.reason = "entropy-degenerate";
    } else {
        result.threshold = curve.threshold[static_cast<size_t>(curve.chosen)];
        result.unstable = isUnstable(curve);
    }
    result.lo = -result.threshold;
    result.hi = result.threshold;
    return result;
}

}  // namespace

Result entropy(const Distribution& distribution, const Parameters& parameters) {
    return search(distribution, parameters, kEntropy);
}

Result entropyGtc(const Distribution& distribution, const Parameters& parameters) {
    return search(distribution, parameters, kEntropyGtc);
}

Result entropyTrt(const Distribution& distribution, const Parameters& parameters) {
    return search(distribution, parameters, kEntropyTrt);
}

Explanation explain(const Method& method, const Distribution& distribution,
                    const Parameters& parameters, int i) {
    const Rule* rule = method.compute == entropy      ? &kEntropy
                       : method.compute == entropyGtc ? &kEntropyGtc
                       : method.compute == entropyTrt ? &kEntropyTrt
                                                      : nullptr;
    if (!rule)
        throw Error(ErrorCode::Usage,
                    fmt::format("method '{}' minimises no divergence", method.id));
    checkParameters(method, parameters);
    const int n = wholeParameter(parameters, kBins);
    const DivergenceOptions options = optionsFor(parameters, *rule);
    if (i < options.start || i > n || (i - options.start) % options.stride != 0)
        throw Error(ErrorCode::Usage,
                    fmt::format("candidates keep {} to {} bins in steps of {}, not {}",
                                options.start, n, options.stride, i));
    const histogram::EqualBins& bins = distribution.absBins(static_cast<size_t>(n));
    return {divergenceDetail(bins.counts, i, options), thresholdAt(bins, i, *rule), options.levels};
}

std::span<const ParameterInfo> entropyParameters() {
    return kParameters;
}

}  // namespace clipscope::threshold
