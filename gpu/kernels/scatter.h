// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Runs of `run` neighbours scattered over y. The updates of one target are brought together
/// beforehand (ScatterPlan), so that a thread writes an element alone and in the CPU's order.

#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// y[targets[g] + r] = updates[last[g] * run + r].
template <typename U>
struct ReplaceKernel {
    static constexpr int kThreads = 256;

    const U* updates;
    const int64_t* targets;
    const int64_t* last;  ///< the update that is left of each target's
    U* y;
    int64_t count;  ///< targets x run
    int64_t run;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) {
            const int64_t g = i / run;
            const int64_t r = i - g * run;
            y[targets[g] + r] = updates[last[g] * run + r];
        });
    }
};

/// y[targets[g] + r] = f(... f(y[targets[g] + r], the first update) ..., the last one): those that
/// order[begins[g]], ... order[begins[g + 1] - 1] name.
template <typename F, typename T>
struct CombineKernel {
    static constexpr int kThreads = 256;

    F f;
    const T* updates;
    const int64_t* targets;
    const int64_t* begins;
    const int64_t* order;
    T* y;
    int64_t count;  ///< targets x run
    int64_t run;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) {
            const int64_t g = i / run;
            const int64_t r = i - g * run;
            T value = y[targets[g] + r];
            for (int64_t u = begins[g]; u < begins[g + 1]; ++u)
                value = f(value, updates[order[u] * run + r]);
            y[targets[g] + r] = value;
        });
    }
};

}  // namespace clipscope::gpu
