// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Between float32 and integers, as the CPU computes it (functors/quantize.h). A thread takes an
/// element.

#include "analysis/runtime/functors/quantize.h"
#include "analysis/runtime/granularity.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// From T: to `To` where that is an integer, else to float32.
template <typename T, typename To>
struct QuantizeKernel {
    static constexpr int kThreads = 256;

    const T* x;
    const float* scales;
    const float* zeroPoints;
    To* y;
    int64_t count;
    runtime::Granularity granularity;
    bool isUniform;  ///< one scale for all

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) {
            const int64_t s = isUniform ? 0 : granularity.scaleOf(i);
            if constexpr (std::is_integral_v<To>)
                y[i] = runtime::functors::quantized<To>(x[i], zeroPoints[s], scales[s]);
            else
                y[i] = runtime::functors::dequantized(x[i], zeroPoints[s], scales[s]);
        });
    }
};

}  // namespace clipscope::gpu
