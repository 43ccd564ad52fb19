// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// y[b][o][k] = the sum of weights[o][t] x[b][indices[o][t]][k] over `width` taps t, in float32 and
/// in their order; `outside` where the first index is negative. A thread takes an element.
struct ResizeKernel {
    static constexpr int kThreads = 256;

    const float* x;
    const int64_t* indices;  ///< outputs x width
    const float* weights;
    float* y;
    int64_t count;  ///< elements of y
    int64_t extent;
    int64_t outputs;
    int64_t inner;
    int64_t width;
    float outside;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) {
            const int64_t row = i / inner;
            const int64_t outer = row / outputs;
            const int64_t first = (row - outer * outputs) * width;
            y[i] = indices[first] < 0 ? outside
                                      : sum(x + outer * extent * inner + (i - row * inner), first);
        });
    }

private:
    CLIPSCOPE_HD float sum(const float* from, int64_t first) const {
        float total = 0;
        for (int64_t t = first; t < first + width; ++t)
            if (const float weight = weights[t]; weight != 0)
                total += weight * from[indices[t] * inner];
        return total;
    }
};

}  // namespace clipscope::gpu
