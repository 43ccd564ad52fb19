// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tests/npy_oracle.h"

/// The entropy methods written out from their definition, slow and plain: what the tests hold the
/// prefix sums against.
namespace clipscope::oracle {

struct Candidate {
    std::vector<double> p;  ///< bins [0, i), all later counts added to bin i - 1; normalised
    std::vector<double> q;  ///< each group's sum spread over its non-empty bins; normalised
};

inline Candidate candidateOf(const std::vector<uint64_t>& bins, size_t i, size_t levels) {
    Candidate made{std::vector<double>(i, 0.0), std::vector<double>(i, 0.0)};
    double total = 0;
    for (size_t j = 0; j < bins.size(); ++j) {
        made.p[std::min(j, i - 1)] += static_cast<double>(bins[j]);
        total += static_cast<double>(bins[j]);
    }
    std::vector<double> groupSum(levels, 0.0), groupNonEmpty(levels, 0.0);
    std::vector<size_t> groupOf(i);
    for (size_t j = 0, g = 0; j < i; ++j) {
        while (j >= ((g + 1) * i + levels - 1) / levels)  // ceil((g + 1) i / levels)
            ++g;
        groupOf[j] = g;
        groupSum[g] += static_cast<double>(bins[j]);
        groupNonEmpty[g] += bins[j] > 0 ? 1 : 0;
    }
    double kept = 0;
    for (size_t j = 0; j < i; ++j) {
        if (bins[j] > 0)
            made.q[j] = groupSum[groupOf[j]] / groupNonEmpty[groupOf[j]];
        kept += static_cast<double>(bins[j]);
    }
    for (size_t j = 0; j < i; ++j) {
        made.p[j] /= total;
        made.q[j] /= kept;  // NaN where bins [0, i) are all empty
    }
    return made;
}

/// sum P ln(P / Q); infinite where P > 0 = Q, NaN where Q is not a distribution.
inline double divergenceOf(const Candidate& candidate) {
    long double sum = 0;
    for (size_t j = 0; j < candidate.p.size(); ++j) {
        const double p = candidate.p[j], q = candidate.q[j];
        if (std::isnan(p) || std::isnan(q))
            return std::numeric_limits<double>::quiet_NaN();
        if (p > 0)
            sum += q > 0 ? p * std::log(static_cast<long double>(p) / q)
                         : std::numeric_limits<long double>::infinity();
    }
    return static_cast<double>(sum);
}

inline std::vector<double> slowCurve(std::vector<uint64_t> bins, size_t levels, size_t start,
                                     size_t stride, bool copyBin1To0) {
    if (copyBin1To0)
        bins[0] = bins[1];
    std::vector<double> curve;
    for (size_t i = start; i <= bins.size(); i += stride)
        curve.push_back(divergenceOf(candidateOf(bins, i, levels)));
    return curve;
}

/// The candidate i that the rules choose, 0 when none is eligible: finite divergence, bins [0, i)
/// hold at least half of `collected`, within 1e-12 of the least such divergence.
inline size_t chosenCandidate(const std::vector<double>& curve,
                              const std::vector<uint64_t>& collected, size_t start, size_t stride,
                              bool last) {
    const auto eligible = [&](size_t k) {
        long double kept = 0, total = 0;
        for (size_t j = 0; j < collected.size(); ++j) {
            total += static_cast<long double>(collected[j]);
            kept += j < start + k * stride ? static_cast<long double>(collected[j]) : 0;
        }
        return std::isfinite(curve[k]) && 2 * kept >= total;
    };
    double least = std::numeric_limits<double>::infinity();
    for (size_t k = 0; k < curve.size(); ++k)
        if (eligible(k))
            least = std::min(least, curve[k]);
    size_t chosen = 0;
    for (size_t k = 0; k < curve.size(); ++k)
        if (eligible(k) && curve[k] <= least + 1e-12 && (last || chosen == 0))
            chosen = start + k * stride;
    return chosen;
}

/// |a - b| <= 1e-9 |b| + 1e-12, and the same infinities and NaN.
inline bool agrees(double a, double b) {
    if (std::isnan(b) || std::isinf(b))
        return std::isnan(b) ? std::isnan(a) : a == b;
    return std::abs(a - b) <= 1e-9 * std::abs(b) + 1e-12;
}

/// All eighteen distributions that have exact bins.
inline std::vector<std::string> histogramNames() {
    std::vector<std::string> names = sampleNames();
    for (const char* name : {"hist_single_bin_mid", "hist_only_bin0", "hist_flat_ones",
                             "hist_empty", "hist_huge_counts"})
        names.emplace_back(name);
    return names;
}

}  // namespace clipscope::oracle
