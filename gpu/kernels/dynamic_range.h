// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The scale and zero point of float32 x over its own range, extended to 0: each block finds the
/// range of its share, then one warp that of all.

#include "analysis/runtime/functors/quantize.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// NaN do not count: no comparison with them holds.
struct RangeWithZero {
    float low = 0;
    float high = 0;

    CLIPSCOPE_HD void take(float x) {
        low = x < low ? x : low;
        high = x > high ? x : high;
    }
};

struct JoinRanges {
    CLIPSCOPE_HD RangeWithZero operator()(RangeWithZero a, RangeWithZero b) const {
        a.take(b.low);
        a.take(b.high);
        return a;
    }
};

struct RangeKernel {
    static constexpr int kThreads = 256;
    static constexpr size_t kSharedBytes = kThreads / kWarp * sizeof(RangeWithZero);

    const float* x;
    int64_t count;
    RangeWithZero* ranges;  ///< by block

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        typename Block::template PerThread<RangeWithZero> own(block, RangeWithZero());
        RangeWithZero* shared = block.template shared<RangeWithZero>();
        block.alone([&](int thread) {
            const int64_t step = block.count() * block.size();
            for (int64_t i = block.index() * block.size() + thread; i < count; i += step)
                own[thread].take(x[i]);
        });
        block.reduce(own, JoinRanges());
        block.each([&](int thread) {
            if (thread % kWarp == 0)
                shared[thread / kWarp] = own[thread];
        });
        block.alone([&](int thread) {
            if (thread != 0)
                return;
            RangeWithZero all;
            for (int warp = 0; warp < kThreads / kWarp; ++warp)
                all = JoinRanges()(all, shared[warp]);
            ranges[block.index()] = all;
        });
    }
};

/// One block.
struct DynamicScaleKernel {
    static constexpr int kThreads = kWarp;

    const RangeWithZero* ranges;
    int64_t count;
    float* scale;
    float* zero;
    uint8_t* zeroPoint;  ///< the same

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        typename Block::template PerThread<RangeWithZero> own(block, RangeWithZero());
        block.alone([&](int thread) {
            for (int64_t i = thread; i < count; i += kWarp)
                own[thread] = JoinRanges()(own[thread], ranges[i]);
        });
        block.reduce(own, JoinRanges());
        block.alone([&](int thread) {
            if (thread != 0)
                return;
            const auto made = runtime::functors::dynamicScale(own[thread].low, own[thread].high);
            *scale = made.scale;
            *zero = made.zero;
            *zeroPoint = static_cast<uint8_t>(made.zero);
        });
    }
};

}  // namespace clipscope::gpu
