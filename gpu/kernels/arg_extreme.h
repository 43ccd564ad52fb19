// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// Along an axis of `length` elements `stride` apart, the position of the largest or of the least;
/// of equal ones the first or the last. A thread takes a whole line.
struct ArgExtremeKernel {
    static constexpr int kThreads = 256;

    const float* x;
    int64_t* y;
    int64_t lines;  ///< outer x stride
    int64_t length;
    int64_t stride;
    bool largest;
    bool last;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, lines, [&](int64_t line) {
            const float* from = x + line / stride * length * stride + line % stride;
            int64_t best = 0;
            float held = from[0];
            for (int64_t k = 1; k < length; ++k) {
                const float value = from[k * stride];
                if ((largest ? value > held : value < held) || (last && value == held)) {
                    best = k;
                    held = value;
                }
            }
            y[line] = best;
        });
    }
};

}  // namespace clipscope::gpu
