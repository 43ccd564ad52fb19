// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/grid.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// GridSample over up to three spatial axes: a thread takes a place of the grid and kChannels
/// channels there. Axes that x lacks come first, with one element and one tap.
struct SampleGridKernel {
    static constexpr int kThreads = 256;
    static constexpr int64_t kChannels = 8;  ///< for which the taps are found once

    const float* x;
    const float* grid;
    float* y;
    int64_t batches;
    int64_t channels;
    int64_t places;
    int64_t extents[3];
    int axes;
    runtime::GridSampling sampling;

    CLIPSCOPE_HD int64_t chunks() const { return (channels + kChannels - 1) / kChannels; }
    CLIPSCOPE_HD int64_t units() const { return batches * chunks() * places; }

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, units(), [&](int64_t unit) {
            const int64_t place = unit % places;
            const int64_t n = unit / places / chunks();
            const int64_t first = unit / places % chunks() * kChannels;
            const int64_t end = first + kChannels < channels ? first + kChannels : channels;
            AxisTaps taps[3];
            setTaps(grid + (n * places + place) * axes, taps);
            const int64_t plane = extents[0] * extents[1] * extents[2];
            for (int64_t c = first; c < end; ++c)
                y[(n * channels + c) * places + place] =
                    sampled(x + (n * channels + c) * plane, taps);
        });
    }

private:
    using AxisTaps = runtime::functors::AxisTaps<float>;

    /// The grid names the last axis first.
    CLIPSCOPE_HD void setTaps(const float* at, AxisTaps (&taps)[3]) const {
        for (int axis = 0; axis < 3; ++axis)
            if (axis < 3 - axes)
                taps[axis].weights[0] = 1;
            else
                taps[axis] = runtime::functors::tapsAt<float>(
                    sampling, static_cast<double>(at[2 - axis]), extents[axis]);
    }

    CLIPSCOPE_HD int width(int axis) const { return axis < 3 - axes ? 1 : sampling.taps; }

    /// In the order of the CPU's sums: one tap of weight 1 changes nothing.
    CLIPSCOPE_HD float sampled(const float* plane, const AxisTaps (&taps)[3]) const {
        float sum = 0;
        for (int a = 0; a < width(0); ++a) {
            if (taps[0].indices[a] < 0)
                continue;
            float rows = 0;
            for (int b = 0; b < width(1); ++b) {
                if (taps[1].indices[b] < 0)
                    continue;
                const float* from =
                    plane + (taps[0].indices[a] * extents[1] + taps[1].indices[b]) * extents[2];
                float elements = 0;
                for (int c = 0; c < width(2); ++c)
                    if (taps[2].indices[c] >= 0)
                        elements += taps[2].weights[c] * from[taps[2].indices[c]];
                rows += taps[1].weights[b] * elements;
            }
            sum += taps[0].weights[a] * rows;
        }
        return sum;
    }
};

}  // namespace clipscope::gpu
