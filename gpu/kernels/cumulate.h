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
            const int64_t start = line / stride * length * stride + line % stride;
            T sum = 0;
            for (int64_t k = 0; k < length; ++k) {
                const int64_t at = start + (reverse ? length - 1 - k : k) * stride;
                const T before = sum;
                sum = runtime::functors::Add{}(sum, x[at]);
                y[at] = exclusive ? before : sum;
            }
        });
    }
};

}  // namespace clipscope::gpu
