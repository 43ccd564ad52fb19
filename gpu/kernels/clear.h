// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/block.h"

namespace clipscope::gpu {

/// Sets words to 0.
struct ClearKernel {
    static constexpr int kThreads = 256;
    uint32_t* words = nullptr;
    int64_t count = 0;

    template <typename Block>
    CLIPSCOPE_KERNEL void operator()(Block& block) const {
        block.alone([&](int thread) {
            for (int64_t i = block.index() * block.size() + thread; i < count;
                 i += block.count() * block.size())
                words[i] = 0;
        });
    }
};

}  // namespace clipscope::gpu
