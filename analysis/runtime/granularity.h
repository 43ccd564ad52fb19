// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "analysis/runtime/functors/types.h"

namespace clipscope::runtime {

/// Which scale holds for an element: x seen as outer x extent x inner, a scale for each index of
/// the middle axis, or (block > 0) for each block along it, at every outer and inner index.
struct Granularity {
    int64_t extent = 1;
    int64_t inner = 1;
    int64_t block = 0;
    int64_t blocks = 1;

    bool isUniform() const { return extent == 1 && block == 0; }

    CLIPSCOPE_HD int64_t scaleOf(int64_t element) const {
        const int64_t row = element / inner;
        const int64_t i = row % extent;
        return block == 0 ? i : (row / extent * blocks + i / block) * inner + element % inner;
    }

    /// body(first, last, scale): the elements within [begin, end) in runs under one scale.
    template <typename Body>
    void forEachRun(int64_t begin, int64_t end, Body&& body) const {
        while (begin < end) {
            const int64_t last = std::min(end, (begin / inner + 1) * inner);
            const int64_t i = begin / inner % extent;
            if (block == 0) {
                body(begin, last, i);
            } else {
                const int64_t scales = (begin / inner / extent * blocks + i / block) * inner;
                for (int64_t k = begin; k < last; ++k)
                    body(k, k + 1, scales + k % inner);
            }
            begin = last;
        }
    }
};

}  // namespace clipscope::runtime
