// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/tensor/shape.h"

namespace clipscope::runtime {

/// Which elements make an output of a reduction. The innermost run of neighbours is either reduced
/// (each output has many runs) or kept (each run holds that many outputs).
struct ReducePlan {
    std::vector<int64_t> kept;     ///< where in x each output, or run of outputs, starts
    std::vector<int64_t> reduced;  ///< where each run of an output lies from there
    int64_t run = 1;               ///< elements
    bool runIsReduced = false;

    int64_t outputs() const { return static_cast<int64_t>(kept.size()) * (runIsReduced ? 1 : run); }
    /// Elements that make one output.
    int64_t count() const {
        return static_cast<int64_t>(reduced.size()) * (runIsReduced ? run : 1);
    }
};

/// `axes` ascending.
ReducePlan planReduce(const Shape& x, std::span<const size_t> axes);

}  // namespace clipscope::runtime
