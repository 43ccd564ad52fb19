// SPDX-License-Identifier: Apache-2.0
#pragma once

/// y[i] = f(x[i]) and its like, with the functors that the CPU computes with.

#include "gpu/kernels/loops.h"
#include "gpu/kernels/strided.h"

namespace clipscope::gpu {

/// How an element is stored: a bool as a byte of which any but 0 is true.
template <typename T>
struct Element {
    using Stored = T;
    CLIPSCOPE_HD static T load(T stored) { return stored; }
};
template <>
struct Element<bool> {
    using Stored = uint8_t;
    CLIPSCOPE_HD static bool load(uint8_t stored) { return stored != 0; }
};
template <typename T>
using Stored = typename Element<T>::Stored;

template <typename F, typename T>
struct UnaryKernel {
    static constexpr int kThreads = 256;
    using Result = decltype(std::declval<F>()(T()));

    F f;
    const Stored<T>* x;
    Stored<Result>* y;
    int64_t count;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) {
            y[i] = static_cast<Stored<Result>>(f(Element<T>::load(x[i])));
        });
    }
};

template <typename F, typename T>
struct BinaryKernel {
    static constexpr int kThreads = 256;
    using Result = decltype(std::declval<F>()(T(), T()));

    F f;
    const Stored<T>* a;
    const Stored<T>* b;
    Stored<Result>* y;
    Strided<2> operands;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, operands.count, [&](int64_t i) {
            int64_t at[2];
            operands.offsets(i, at);
            y[i] = static_cast<Stored<Result>>(
                f(Element<T>::load(a[at[0]]), Element<T>::load(b[at[1]])));
        });
    }
};

/// y = condition ? a : b for elements of the size of U.
template <typename U>
struct WhereKernel {
    static constexpr int kThreads = 256;

    const uint8_t* condition;
    const U* a;
    const U* b;
    U* y;
    Strided<3> operands;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, operands.count, [&](int64_t i) {
            int64_t at[3];
            operands.offsets(i, at);
            y[i] = condition[at[0]] != 0 ? a[at[1]] : b[at[2]];
        });
    }
};

}  // namespace clipscope::gpu
