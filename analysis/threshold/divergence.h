// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace clipscope::threshold {

/// How the entropy methods differ; see method.h and the table of methods.
struct DivergenceOptions {
    int levels = 128;         ///< of Q
    int start = 128;          ///< first candidate i: P is bins [0, i)
    int stride = 1;           ///< between candidates
    bool copyBin1To0 = true;  ///< bins[0] := bins[1] on a copy before anything else
};

/// The divergence sum P ln(P/Q), nats, of every candidate i = start, start + stride, ... <= n.
/// P is bins [0, i) with all later counts added to bin i-1; Q is, group by group
/// (g = [ceil(g i/levels), ceil((g+1) i/levels))), the sum of bins [0, i) without those outliers,
/// spread evenly over the group's non-empty bins; both normalised. Infinite where P > 0 = Q, NaN
/// where bins [0, i) are all empty. O(bins * levels) through prefix sums of p log p.
/// Source: NVIDIA pytorch-quantization 2.2.1 and NVIDIA's published calibration pseudocode.
std::vector<double> divergenceCurve(std::span<const uint64_t> bins, const DivergenceOptions&);

/// P, Q and each bin's contribution at one candidate, what the KL explainer shows.
struct DivergenceDetail {
    std::vector<double> p;             ///< i entries, normalised, outliers in the last
    std::vector<double> q;             ///< i entries, normalised
    std::vector<double> contribution;  ///< P ln(P/Q) per bin; they sum to the divergence
    double outliers = 0;               ///< counts beyond bin i-1
    double total = 0;                  ///< counts in all (after bins[0] := bins[1])
    double divergence = 0;             ///< nats
};
DivergenceDetail divergenceDetail(std::span<const uint64_t> bins, int i, const DivergenceOptions&);

}  // namespace clipscope::threshold
