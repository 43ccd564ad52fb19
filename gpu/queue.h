// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace clipscope::gpu {

/// Where kernels are queued, and what the processor that runs them has.
struct Queue {
    void* stream = nullptr;  ///< a cudaStream_t; null where kernels are stepped on the CPU
    int multiprocessors = 1;
    size_t sharedBytes = 48u << 10;  ///< the most that one block may share
};

}  // namespace clipscope::gpu
