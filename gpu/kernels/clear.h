// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// Sets words to 0.
struct ClearKernel {
    static constexpr int kThreads = 256;
    uint32_t* words = nullptr;
    int64_t count = 0;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) { words[i] = 0; });
    }
};

}  // namespace clipscope::gpu
