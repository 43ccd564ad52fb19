// SPDX-License-Identifier: Apache-2.0
#include <bit>

#include "gpu/kernels/cumulate.h"
#include "gpu/kernels/select_top.h"
#include "gpu/launch.h"
#include "gpu/launch/order.h"

namespace clipscope::gpu {
namespace {

/// visitor(T()) with the type of the elements; false for those that few models order.
template <typename Visitor>
bool visitOrdered(DType type, Visitor&& visitor) {
    switch (type) {
        case DType::Float32:
            return visitor(float());
        case DType::Int32:
            return visitor(int32_t());
        case DType::Int64:
            return visitor(int64_t());
        default:
            return false;
    }
}

template <typename T>
void sort(const Queue& queue, const SortedLines<T>& lines) {
    using Tiles = SortTilesKernel<T>;
    using Step = SortStepKernel<T>;
    const int64_t tiles = (lines.count() + Tiles::kTile - 1) / Tiles::kTile;
    const int64_t blocks = blocksFor(queue, tiles * Tiles::kThreads, Tiles::kThreads, 1);
    launch(queue, Tiles{lines, 0}, blocks, Tiles::kSharedBytes);
    for (int64_t size = 2 * Tiles::kTile; size <= lines.padded; size *= 2) {
        for (int64_t distance = size / 2; distance >= Tiles::kTile; distance /= 2)
            launch(queue, Step{lines, size, distance},
                   blocksFor(queue, lines.count() / 2, Step::kThreads, 1));
        launch(queue, Tiles{lines, size}, blocks, Tiles::kSharedBytes);
    }
}

}  // namespace

bool cumulate(const Queue& queue, DType type, const void* x, void* y, int64_t lines, int64_t length,
              int64_t stride, bool exclusive, bool reverse) {
    return visitOrdered(type, [&](auto element) {
        using T = decltype(element);
        using Kernel = CumulateKernel<T>;
        const Kernel kernel{static_cast<const T*>(x),
                            static_cast<T*>(y),
                            lines,
                            length,
                            stride,
                            exclusive,
                            reverse};
        using Long = CumulateLongKernel<T>;
        // Of lines that lie side by side a block reads one element in `stride`: a thread for each
        // line, which reads them together with its neighbours, is better unless few would work.
        const bool areFew = lines < static_cast<int64_t>(queue.multiprocessors) *
                                        (stride == 1 ? Long::kThreads : Kernel::kThreads);
        if (areFew && length > Long::kTile)
            launch(queue, Long{kernel}, blocksFor(queue, lines * Long::kThreads, Long::kThreads, 1),
                   Long::kSharedBytes);
        else
            launch(queue, kernel, blocksFor(queue, lines, Kernel::kThreads, 1));
        return true;
    });
}

int64_t paddedLength(int64_t length) {
    return static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(length)));
}

bool selectTop(const Queue& queue, DType type, bool largest, const void* x, int64_t lines,
               int64_t length, int64_t stride, int64_t k, int32_t* order, void* values,
               int64_t* indices) {
    return visitOrdered(type, [&](auto element) {
        using T = decltype(element);
        const SortedLines<T> sorted{static_cast<const T*>(x), order,    lines, length, stride,
                                    paddedLength(length),     {largest}};
        sort(queue, sorted);
        using Take = TakeTopKernel<T>;
        launch(queue, Take{sorted, k, static_cast<T*>(values), indices},
               blocksFor(queue, lines * k, Take::kThreads, 1));
        return true;
    });
}

}  // namespace clipscope::gpu
