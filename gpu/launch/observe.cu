// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/accumulate.h"
#include "gpu/kernels/exact_bins.h"
#include "gpu/launch.h"
#include "gpu/launch/observe.h"

namespace clipscope::gpu {

void count(const Queue& queue, const float* x, const ObservedLayout& layout,
           const CountTable& table, const ObservedRanges& ranges, StoredHistogram* stored) {
    const size_t shared = CountKernel::sharedBytes(queue.sharedBytes);
    CountKernel kernel{x, layout, table, ranges, stored, CountKernel::windowWords(shared)};
    const int64_t units = layout.units();
    for (int64_t first = 0; first < units; first += CountKernel::kMostUnits) {
        kernel.firstUnit = first;
        kernel.lastUnit = std::min(units, first + CountKernel::kMostUnits);
        constexpr int64_t kWorthABlock = 8;  // of the block's 32 warps: then others help
        const int64_t wanted = (kernel.lastUnit - first + kWorthABlock - 1) / kWorthABlock;
        launch(queue, kernel, std::min<int64_t>(wanted, queue.multiprocessors), shared);
        launch(queue, AccumulateKernel{table, stored}, AccumulateKernel::kBlocks,
               AccumulateKernel::kSharedBytes);
    }
}

void countExact(const Queue& queue, const float* x, int64_t count, const float* edges, int64_t n,
                double amax, uint64_t* bins) {
    constexpr int64_t kMost = int64_t{1} << 31;
    const size_t shared = static_cast<size_t>(n) * sizeof(uint32_t);
    const bool isShared = shared <= queue.sharedBytes / 2;
    for (int64_t first = 0; first < count; first += kMost) {
        const ExactBinsKernel kernel{
            x + first, std::min(kMost, count - first), edges, n, amax, bins, isShared};
        launch(queue, kernel, blocksFor(queue, kernel.count, ExactBinsKernel::kThreads, 16),
               isShared ? shared : 0);
    }
}

}  // namespace clipscope::gpu
