// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/binary.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// Sums along an axis of `length` elements `stride` apart, up to each element or before it. A
/// thread takes a whole line, in the order in which the CPU adds: the sums are equal to the bit.
template <typename T>
struct CumulateKernel {
    static constexpr int kThreads = 64;  // lines are few and long: they spread over more processors

    const T* x;
    T* y;
    int64_t lines;  ///< outer x stride
    int64_t length;
    int64_t stride;
    bool exclusive;
    bool reverse;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, lines, [&](int64_t line) {
            T sum = 0;
            forEach(line, 0, length, [&](int64_t at) {
                const T before = sum;
                sum = runtime::functors::Add{}(sum, x[at]);
                y[at] = exclusive ? before : sum;
            });
        });
    }

    /// f(offset) for up to `count` elements of a line from the first-th on, in their order.
    template <typename F>
    CLIPSCOPE_HD void forEach(int64_t line, int64_t first, int64_t count, F&& f) const {
        const int64_t start = line / stride * length * stride + line % stride;
        const int64_t end = first + count < length ? first + count : length;
        for (int64_t k = first; k < end; ++k)
            f(start + (reverse ? length - 1 - k : k) * stride);
    }
};

/// The same for few long lines: a block takes a line, a tile of it after the other. Floats are
/// added in another order than on the CPU.
template <typename T>
struct CumulateLongKernel {
    static constexpr int kThreads = 256;
    static constexpr int64_t kEach = 4;  // neighbours of a thread
    static constexpr int64_t kTile = kThreads * kEach;
    static constexpr size_t kSharedBytes = (2 * kThreads + 1) * sizeof(T);

    CumulateKernel<T> form;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        T* sums = block.template shared<T>();  // two lists: a step reads one and writes the other
        T* carry = sums + 2 * kThreads;        // all before the tile
        for (int64_t line = block.index(); line < form.lines; line += block.count()) {
            block.each([&](int thread) {
                if (thread == 0)
                    *carry = 0;
            });
            for (int64_t begin = 0; begin < form.length; begin += kTile) {
                block.each([&](int thread) {
                    T sum = 0;
                    form.forEach(line, begin + thread * kEach, kEach, [&](int64_t at) {
                        sum = runtime::functors::Add{}(sum, form.x[at]);
                    });
                    sums[thread] = sum;
                });
                T* from = sums;
                T* to = sums + kThreads;
                for (int distance = 1; distance < kThreads; distance *= 2) {
                    block.each([&](int thread) {
                        const T before = thread >= distance ? from[thread - distance] : T(0);
                        to[thread] = runtime::functors::Add{}(before, from[thread]);
                    });
                    T* const read = from;
                    from = to;
                    to = read;
                }
                block.each([&](int thread) {
                    T sum =
                        thread == 0 ? *carry : runtime::functors::Add{}(*carry, from[thread - 1]);
                    form.forEach(line, begin + thread * kEach, kEach, [&](int64_t at) {
                        const T before = sum;
                        sum = runtime::functors::Add{}(sum, form.x[at]);
                        form.y[at] = form.exclusive ? before : sum;
                    });
                });
                block.each([&](int thread) {
                    if (thread == 0)
                        *carry = runtime::functors::Add{}(*carry, from[kThreads - 1]);
                });
            }
        }
    }
};

}  // namespace clipscope::gpu
