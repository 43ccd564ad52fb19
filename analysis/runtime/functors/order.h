// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/types.h"

namespace clipscope::runtime::functors {

/// Whether element a of a line comes before element b among its largest, or its least: NaN counts
/// as the largest, of equals the first comes first.
struct ComesBefore {
    bool largest = true;

    template <typename T>
    CLIPSCOPE_HD bool operator()(T left, T right, int64_t a, int64_t b) const {
        const bool leftIsLarger = left > right || (isNaN(left) && !isNaN(right));
        const bool rightIsLarger = right > left || (isNaN(right) && !isNaN(left));
        if (leftIsLarger == rightIsLarger)
            return a < b;
        return largest ? leftIsLarger : rightIsLarger;
    }
};

}  // namespace clipscope::runtime::functors
