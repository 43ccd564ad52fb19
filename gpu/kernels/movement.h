// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Moving elements of the size of U.

#include "gpu/kernels/loops.h"
#include "gpu/kernels/strided.h"

namespace clipscope::gpu {

/// y[to(i)] = x[from(i)].
template <typename U>
struct CopyKernel {
    static constexpr int kThreads = 256;

    const U* x;
    U* y;
    Strided<2> views;  ///< from, to

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, views.count, [&](int64_t i) {
            int64_t at[2];
            views.offsets(i, at);
            y[at[1]] = x[at[0]];
        });
    }
};

template <typename U>
struct FillKernel {
    static constexpr int kThreads = 256;

    U value;
    U* y;
    int64_t count;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) { y[i] = value; });
    }
};

/// y[o][j][r] = x[o][indices[j]][r] for `extent` and `chosen` elements along the middle axis.
template <typename U>
struct GatherKernel {
    static constexpr int kThreads = 256;

    const U* x;
    const int64_t* indices;
    U* y;
    int64_t count;  ///< elements of y
    int64_t extent;
    int64_t chosen;
    int64_t run;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) {
            const int64_t row = i / run;
            const int64_t outer = row / chosen;
            y[i] = x[(outer * extent + indices[row - outer * chosen]) * run + (i - row * run)];
        });
    }
};

}  // namespace clipscope::gpu
