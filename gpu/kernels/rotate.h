// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/rotate.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// Rotary position embedding: a thread takes an element.
struct RotateKernel {
    static constexpr int kThreads = 256;

    const float* x;
    const float* cosines;
    const float* sines;
    const int64_t* rows;
    float* y;
    int64_t count;
    runtime::Rotation rotation;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        const runtime::HeadLayout& layout = rotation.layout;
        forEachIndex(block, count, [&](int64_t e) {
            const int64_t i = e % layout.size;
            if (i >= 2 * rotation.half) {
                y[e] = x[e];
                return;
            }
            const int64_t batch = e / layout.perBatch();
            const int64_t position = e / layout.positionStride % layout.positions;
            const int64_t row = rows[batch * layout.positions + position] * rotation.half;
            const bool isFirst = rotation.interleaved ? i % 2 == 0 : i < rotation.half;
            const int64_t apart = rotation.interleaved ? 1 : rotation.half;
            const int64_t first = isFirst ? e : e - apart;
            const int64_t pair = rotation.interleaved ? i / 2 : i % rotation.half;
            const runtime::functors::Rotated both = runtime::functors::rotated(
                x[first], x[first + apart], cosines[row + pair], sines[row + pair]);
            y[e] = isFirst ? both.first : both.second;
        });
    }
};

}  // namespace clipscope::gpu
