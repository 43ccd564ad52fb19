// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace clipscope::histogram {

/// Least and largest finite value and what was not finite, of a run of values.
struct Extent {
    float min = 0;        ///< valid when finite > 0
    float max = 0;        ///< valid when finite > 0
    uint64_t finite = 0;  ///< values that are neither NaN nor infinite
    float amax() const;
    void include(const Extent& other);
};

/// One vectorised pass.
Extent extentOf(std::span<const float> values);

}  // namespace clipscope::histogram
