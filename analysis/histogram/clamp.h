// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <span>

namespace clipscope::histogram {

/// min(max(x, lo), hi), NaN staying NaN: what Relu and Clip make of a value. lo <= hi, which may be
/// infinite.
struct Clamp {
    float lo = -std::numeric_limits<float>::infinity();
    float hi = std::numeric_limits<float>::infinity();

    float operator()(float x) const {
        const float raised = x < lo ? lo : x;
        return raised > hi ? hi : raised;
    }
    void applyTo(std::span<float> values) const;  ///< in place
    /// This one, then `next`.
    Clamp then(const Clamp& next) const { return {next(lo), next(hi)}; }
    bool operator==(const Clamp&) const = default;
};

}  // namespace clipscope::histogram
