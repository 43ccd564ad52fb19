// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Launching kernels. A kernel is a struct of its arguments with
///   static constexpr int kThreads;                              // of a block, a multiple of kWarp
///   template <typename Block> CLIPSCOPE_HD void operator()(Block& block) const;
/// Where the compiler is nvcc it runs on the queue's stream, else it is stepped on the CPU.

#include <algorithm>

#include "gpu/block.h"
#include "gpu/queue.h"
#if defined(__CUDACC__)
#include "gpu/cuda/check.h"
#else
#include "gpu/stepped_block.h"
#endif

namespace clipscope::gpu {

/// Blocks for a loop over `count` elements of which each thread takes `perThread` at least.
inline int64_t blocksFor(const Queue& queue, int64_t count, int threads, int perThread = 4) {
    const int64_t perBlock = static_cast<int64_t>(threads) * perThread;
    const int64_t most = static_cast<int64_t>(queue.multiprocessors) * 16;
    return std::clamp<int64_t>((count + perBlock - 1) / perBlock, 1, most);
}

#if defined(__CUDACC__)

template <typename Kernel>
__global__ void __launch_bounds__(Kernel::kThreads) runKernel(const Kernel kernel) {
    DeviceBlock block;
    kernel(block);
}

template <typename Kernel>
void launch(const Queue& queue, const Kernel& kernel, int64_t blocks, size_t sharedBytes = 0) {
    static_assert(sizeof(Kernel) <= 4096, "arguments of a kernel take 4 KiB at most");
    constexpr size_t kWithoutAsking = 48 << 10;
    if (sharedBytes > kWithoutAsking)
        CLIPSCOPE_CUDA_CHECK(cudaFuncSetAttribute(runKernel<Kernel>,
                                                  cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                  static_cast<int>(sharedBytes)));
    runKernel<Kernel><<<static_cast<unsigned>(blocks), Kernel::kThreads, sharedBytes,
                        static_cast<cudaStream_t>(queue.stream)>>>(kernel);
    CLIPSCOPE_CUDA_CHECK(cudaGetLastError());
}

#else

template <typename Kernel>
void launch(const Queue&, const Kernel& kernel, int64_t blocks, size_t sharedBytes = 0) {
    SteppedBlock block(blocks, Kernel::kThreads, sharedBytes);
    for (const int64_t index : inSteppingOrder(blocks)) {
        block.begin(index);
        kernel(block);
    }
}

#endif

}  // namespace clipscope::gpu
