// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What becomes of sums of integer products, and of quantized tensors, as the CPU computes it
/// (functors/quantize.h). A thread takes an element.

#include "analysis/runtime/functors/quantize.h"
#include "analysis/runtime/granularity.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// One value, or one for each column.
template <typename T>
struct PerColumn {
    const T* values = nullptr;
    bool isSingle = true;

    CLIPSCOPE_HD T operator[](int64_t column) const { return values[isSingle ? 0 : column]; }
};

/// To int32 as they are, to float32 scaled, to integers of 8 bits rounded and saturated.
template <typename To>
struct ConvertSumsKernel {
    static constexpr int kThreads = 256;

    const int32_t* sums;
    PerColumn<int32_t> offsets;  ///< may be null
    PerColumn<float> scales;     ///< null for int32
    float zero;
    To* y;
    int64_t count;
    runtime::Granularity columns;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        namespace functors = runtime::functors;
        forEachIndex(block, count, [&](int64_t i) {
            const int64_t column = columns.scaleOf(i);
            const int32_t sum =
                offsets.values ? functors::wrappedSum(sums[i], offsets[column]) : sums[i];
            if constexpr (std::is_same_v<To, int32_t>)
                y[i] = sum;
            else if constexpr (std::is_same_v<To, float>)
                y[i] = static_cast<float>(sum) * scales[column];
            else
                y[i] = functors::requantized<To>(sum, scales[column], zero);
        });
    }
};

struct LookUpKernel {
    static constexpr int kThreads = 256;

    const uint8_t* x;
    const uint8_t* table;
    uint8_t* y;
    int64_t count;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) { y[i] = table[x[i]]; });
    }
};

template <typename T>
struct AddQuantizedKernel {
    static constexpr int kThreads = 256;

    runtime::QuantizedSum sum;
    const T* a;
    const T* b;
    T* y;
    int64_t count;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count,
                     [&](int64_t i) { y[i] = runtime::functors::addedQuantized(sum, a[i], b[i]); });
    }
};

}  // namespace clipscope::gpu
