// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/threshold/divergence.h"
#include "analysis/threshold/method.h"

namespace clipscope::threshold {

/// What an entropy method compares at one candidate.
struct Explanation {
    DivergenceDetail detail;
    double threshold = 0;  ///< T of the candidate
    int levels = 0;        ///< of Q
};

/// P, Q and the divergence of the candidate that keeps bins [0, i). Throws Error(Usage) for a
/// method that minimises no divergence and for an i outside its candidates.
Explanation explain(const Method& method, const Distribution& distribution,
                    const Parameters& parameters, int i);

}  // namespace clipscope::threshold
