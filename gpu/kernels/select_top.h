// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The positions along lines in the order of functors/order.h, by bitonic sorting: `padded`
/// positions for each line, a power of two; those from `length` on come last. As positions decide
/// between equal elements the order is total, and the same whichever way it is found.

#include "analysis/runtime/functors/order.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

template <typename T>
struct SortedLines {
    const T* x;
    int32_t* order;  ///< lines x padded
    int64_t lines;   ///< outer x stride
    int64_t length;
    int64_t stride;
    int64_t padded;
    runtime::functors::ComesBefore comesBefore;

    CLIPSCOPE_HD int64_t count() const { return lines * padded; }
    CLIPSCOPE_HD const T* line(int64_t number) const {
        return x + number / stride * length * stride + number % stride;
    }

    CLIPSCOPE_HD bool isBefore(const T* from, int32_t a, int32_t b) const {
        if (a >= length || b >= length)
            return a < b;
        return comesBefore(from[a * stride], from[b * stride], a, b);
    }

    /// Orders a, which is element `at` of all lines, and b behind it as sorting runs of `size`
    /// wants them.
    CLIPSCOPE_HD void exchange(int64_t at, int64_t size, int32_t& a, int32_t& b) const {
        const bool ascending = (at & (padded - 1) & size) == 0;
        if (isBefore(line(at / padded), b, a) == ascending) {
            const int32_t before = a;
            a = b;
            b = before;
        }
    }
};

/// Sorts runs of up to kTile elements in shared memory: all of them, from the beginning, or (merge)
/// the last steps of runs of `size`.
template <typename T>
struct SortTilesKernel {
    static constexpr int kThreads = 512;
    static constexpr int64_t kTile = 2048;
    static constexpr size_t kSharedBytes = kTile * sizeof(int32_t);

    SortedLines<T> sorted;
    int64_t size;  ///< of the runs that are merged; 0: from the beginning

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        int32_t* own = block.template shared<int32_t>();
        const int64_t tiles = (sorted.count() + kTile - 1) / kTile;
        for (int64_t tile = block.index(); tile < tiles; tile += block.count()) {
            const int64_t begin = tile * kTile;
            const int64_t left = sorted.count() - begin;
            const int64_t here = left < kTile ? left : kTile;
            block.each([&](int thread) {
                for (int64_t i = thread; i < here; i += block.size())
                    own[i] = size == 0 ? static_cast<int32_t>((begin + i) & (sorted.padded - 1))
                                       : sorted.order[begin + i];
            });
            const int64_t longest = sorted.padded < kTile ? sorted.padded : kTile;
            if (size != 0)
                merge(block, own, begin, here, size, kTile / 2);
            else
                for (int64_t run = 2; run <= longest; run *= 2)
                    merge(block, own, begin, here, run, run / 2);
            block.each([&](int thread) {
                for (int64_t i = thread; i < here; i += block.size())
                    sorted.order[begin + i] = own[i];
            });
        }
    }

private:
    template <typename Block>
    CLIPSCOPE_HD void merge(Block& block, int32_t* own, int64_t begin, int64_t here, int64_t run,
                            int64_t distance) const {
        for (; distance > 0; distance /= 2)
            block.each([&](int thread) {
                for (int64_t pair = thread; pair < here / 2; pair += block.size()) {
                    const int64_t i = pair / distance * 2 * distance + pair % distance;
                    sorted.exchange(begin + i, run, own[i], own[i + distance]);
                }
            });
    }
};

/// One step of sorting runs of `size`, between elements that lie in different tiles.
template <typename T>
struct SortStepKernel {
    static constexpr int kThreads = 256;

    SortedLines<T> sorted;
    int64_t size;
    int64_t distance;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, sorted.count() / 2, [&](int64_t pair) {
            const int64_t i = pair / distance * 2 * distance + pair % distance;
            sorted.exchange(i, size, sorted.order[i], sorted.order[i + distance]);
        });
    }
};

/// The first k positions of each line and what lies there.
template <typename T>
struct TakeTopKernel {
    static constexpr int kThreads = 256;

    SortedLines<T> sorted;
    int64_t k;
    T* values;
    int64_t* indices;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, sorted.lines * k, [&](int64_t i) {
            const int64_t inner = i % sorted.stride;
            const int64_t rank = i / sorted.stride % k;
            const int64_t line = i / sorted.stride / k * sorted.stride + inner;
            const int64_t position = sorted.order[line * sorted.padded + rank];
            indices[i] = position;
            values[i] = sorted.line(line)[position * sorted.stride];
        });
    }
};

}  // namespace clipscope::gpu
