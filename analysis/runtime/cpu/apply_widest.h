// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "analysis/runtime/cpu/simd.h"

namespace clipscope::runtime {

template <typename F>
CLIPSCOPE_AVX2 void applyAvx2(F f, const float* x, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = f(x[i]);
}

template <typename F>
CLIPSCOPE_AVX512 void applyAvx512(F f, const float* x, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = f(x[i]);
}

template <typename F>
void applyPlain(F f, const float* x, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = f(x[i]);
}

/// y[i] = f(x[i]) with the widest vectors of the processor; x and y may be the same.
template <typename F>
void applyWidest(F f, const float* x, float* y, int64_t count) {
    if (hasAvx512())
        applyAvx512(f, x, y, count);
    else if (hasAvx2())
        applyAvx2(f, x, y, count);
    else
        applyPlain(f, x, y, count);
}

}  // namespace clipscope::runtime
