// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/regions.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// RoiAlign: a thread takes a bin of a region and channel, unless a warp is to.
struct RegionsKernel {
    static constexpr int kThreads = 256;
    static constexpr int64_t kMany = 256;  // samples of a bin that a thread still takes

    const float* x;
    const float* regions;
    const int64_t* batches;
    float* y;
    int64_t count;  ///< regions x channels x bins
    int64_t channels;
    runtime::RegionForm form;

    using Bin = runtime::functors::RegionBin<float>;
    using Sum = runtime::functors::RegionSum<float>;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        forEachIndex(block, count, [&](int64_t at) {
            const Bin bin = binOf(at);
            if (!isForAWarp(bin.rows, bin.columns))
                y[at] = sumOf(bin, at, 0, 1).result(form.isMaximum);
        });
    }

    /// Maxima depend on the order where there are NaN: a thread takes them all.
    CLIPSCOPE_HD bool isForAWarp(int64_t rows, int64_t columns) const {
        return !form.isMaximum && columns > 0 && rows > kMany / columns;
    }
    /// Whether any bin may be.
    bool needsWarps() const {
        return form.samples > 0 ? isForAWarp(form.samples, form.samples)
                                : isForAWarp(2 * form.height + 2, 2 * form.width + 2);
    }

    /// That of element `at` of y.
    CLIPSCOPE_HD Bin binOf(int64_t at) const {
        return runtime::functors::binOf(form, regions + at / form.bins() / channels * 4);
    }
    /// Every step-th sample of it from the first-th on.
    CLIPSCOPE_HD Sum sumOf(const Bin& bin, int64_t at, int64_t first, int64_t step) const {
        const int64_t place = at % form.bins();
        const int64_t channel = at / form.bins() % channels;
        const int64_t region = at / form.bins() / channels;
        const float* plane = x + (batches[region] * channels + channel) * form.height * form.width;
        Sum sum;
        if (bin.columns <= 0)
            return sum;
        for (int64_t i = 0, j = first;; j += step) {
            for (; j >= bin.columns; j -= bin.columns)
                ++i;
            if (i >= bin.rows)
                return sum;
            sum.add(plane,
                    runtime::functors::regionTaps(form, bin, place / form.pooledWidth,
                                                  place % form.pooledWidth, i, j),
                    form.isMaximum);
        }
    }
};

struct JoinRegionSums {
    template <typename Sum>
    CLIPSCOPE_HD Sum operator()(Sum a, const Sum& b) const {
        a.value += b.value;
        a.count += b.count;
        return a;
    }
};

/// The bins that RegionsKernel leaves, as large as images may be: a warp takes one. They are summed
/// in another order than on the CPU.
struct LargeRegionsKernel {
    static constexpr int kThreads = 256;

    RegionsKernel form;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        using Sum = RegionsKernel::Sum;
        typename Block::template PerThread<Sum> sums(block, Sum());
        forEachRound(block, 0, form.count, [&](int64_t first) {
            inWarps(block, first, form.count, [&](int64_t at, int lane, int thread) {
                const RegionsKernel::Bin bin = form.binOf(at);
                sums[thread] = form.isForAWarp(bin.rows, bin.columns)
                                   ? form.sumOf(bin, at, lane, kWarp)
                                   : Sum();
            });
            block.reduce(sums, JoinRegionSums());
            inWarps(block, first, form.count, [&](int64_t at, int lane, int thread) {
                if (lane == 0 && sums[thread].count > 0)
                    form.y[at] = sums[thread].result(false);
            });
        });
    }
};

}  // namespace clipscope::gpu
