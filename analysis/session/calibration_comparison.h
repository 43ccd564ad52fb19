// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/session/session.h"

namespace clipscope::session {

/// How a tensor calibrated on one device differs from the same samples on another.
struct TensorComparison {
    static constexpr double kAmaxTolerance = 1e-4;
    static constexpr double kDivergenceTolerance = 0.01;

    std::string name;
    float amax = 0;
    float referenceAmax = 0;
    double threshold = 0;  ///< by method entropy
    double referenceThreshold = 0;
    double amaxError = 0;  ///< relative to the reference's amax
    /// The divergence that the reference has at this threshold, relative to its least, minus 1; 0
    /// where the method found no minimum.
    double excessDivergence = 0;
    bool sameCount = true;  ///< as many values were counted
    bool passed() const {
        return amaxError <= kAmaxTolerance && excessDivergence <= kDivergenceTolerance && sameCount;
    }
};

/// For every activation, by method entropy. Throws Error(BadInput) where the sessions are not of
/// the same tensors and samples.
std::vector<TensorComparison> compareCalibrations(const Session& session, const Session& reference);

}  // namespace clipscope::session
