// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Pooling over up to three spatial axes: a thread takes an output.

#include <cmath>

#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// One spatial axis; axes that the tensor lacks are those of a single element.
struct PoolAxis {
    int64_t input = 1;
    int64_t output = 1;
    int64_t kernel = 1;
    int64_t stride = 1;
    int64_t dilation = 1;
    int64_t padBegin = 0;
    int64_t counted = 1;  ///< elements and begin and end pads that an average may count

    CLIPSCOPE_HD bool isInside(int64_t position) const { return position >= 0 && position < input; }
    CLIPSCOPE_HD int64_t position(int64_t o, int64_t tap) const {
        return o * stride - padBegin + tap * dilation;
    }
    /// Taps of window `o` that an average divides by.
    CLIPSCOPE_HD int64_t divisor(int64_t o, bool includingPads) const {
        int64_t taps = 0;
        for (int64_t tap = 0; tap < kernel; ++tap) {
            const int64_t p = position(o, tap);
            taps += includingPads ? p + padBegin < counted : isInside(p);
        }
        return taps;
    }
};

struct PoolKernel {
    static constexpr int kThreads = 256;

    const float* x;
    float* y;
    int64_t count;  ///< outputs
    PoolAxis axes[3];
    bool maximum;
    bool includingPads;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t i) {
            const int64_t w = i % axes[2].output;
            const int64_t h = i / axes[2].output % axes[1].output;
            const int64_t d = i / axes[2].output / axes[1].output % axes[0].output;
            const int64_t plane = i / axes[2].output / axes[1].output / axes[0].output;
            const float* from = x + plane * axes[0].input * axes[1].input * axes[2].input;
            y[i] = maximum ? largest(from, d, h, w) : average(from, d, h, w);
        });
    }

private:
    template <typename Visit>
    CLIPSCOPE_HD void visit(const float* from, int64_t d, int64_t h, int64_t w,
                            Visit&& visitor) const {
        for (int64_t a = 0; a < axes[0].kernel; ++a) {
            const int64_t z = axes[0].position(d, a);
            if (!axes[0].isInside(z))
                continue;
            for (int64_t b = 0; b < axes[1].kernel; ++b) {
                const int64_t v = axes[1].position(h, b);
                if (!axes[1].isInside(v))
                    continue;
                for (int64_t c = 0; c < axes[2].kernel; ++c) {
                    const int64_t u = axes[2].position(w, c);
                    if (axes[2].isInside(u))
                        visitor(from[(z * axes[1].input + v) * axes[2].input + u]);
                }
            }
        }
    }

    /// NaN stays.
    CLIPSCOPE_HD float largest(const float* from, int64_t d, int64_t h, int64_t w) const {
        float most = -HUGE_VALF;
        visit(from, d, h, w,
              [&](float value) { most = value > most || value != value ? value : most; });
        return most;
    }

    CLIPSCOPE_HD float average(const float* from, int64_t d, int64_t h, int64_t w) const {
        double sum = 0;
        visit(from, d, h, w, [&](float value) { sum += static_cast<double>(value); });
        const int64_t taps = axes[0].divisor(d, includingPads) * axes[1].divisor(h, includingPads) *
                             axes[2].divisor(w, includingPads);
        return static_cast<float>(sum / static_cast<double>(taps));
    }
};

}  // namespace clipscope::gpu
