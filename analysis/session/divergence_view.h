// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/histogram/statistics.h"
#include "analysis/session/tensor_plots.h"

namespace clipscope::session {

/// How an entropy method arrives at the divergence of one candidate: what it compares, bin by bin.
struct DivergenceView {
    int bins = 0;           ///< P and Q are over bins [0, bins) of |x|
    int levels = 0;         ///< of Q
    double binWidth = 0;    ///< amax / number of bins
    double threshold = 0;   ///< T of the candidate
    double divergence = 0;  ///< nats; infinite where P > 0 = Q
    double outliers = 0;    ///< values beyond, counted in P's last bin
    double outlierPercent = 0;
    std::vector<double> p;  ///< shares, summing to 1
    std::vector<double> q;

    /// A bin whose P ln(P/Q) is among the largest.
    struct Contribution {
        int bin = 0;
        double lo = 0;  ///< of |x|
        double hi = 0;
        double p = 0;
        double q = 0;
        double nats = 0;
    };
    std::vector<Contribution> largest;  ///< by |nats|, largest first
};

/// The candidate whose T is nearest to `threshold`; -1 where the tensor has no divergence.
int nearestCandidate(const TensorPlots& plots, double threshold);

/// What candidate k of plots.divergence compares; `mostContributions` rows of the list.
DivergenceView viewDivergence(const histogram::TensorStatistics& statistics,
                              const TensorPlots& plots, int candidate,
                              size_t mostContributions = 6);

}  // namespace clipscope::session
