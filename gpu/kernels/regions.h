// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/regions.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// RoiAlign: a thread takes a bin of a region and channel.
struct RegionsKernel {
    static constexpr int kThreads = 256;

    const float* x;
    const float* regions;
    const int64_t* batches;
    float* y;
    int64_t count;  ///< regions x channels x bins
    int64_t channels;
    runtime::RegionForm form;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        namespace functors = runtime::functors;
        forEachIndex(block, count, [&](int64_t at) {
            const int64_t place = at % form.bins();
            const int64_t channel = at / form.bins() % channels;
            const int64_t region = at / form.bins() / channels;
            const functors::RegionBin<float> bin = functors::binOf(form, regions + region * 4);
            const float* plane =
                x + (batches[region] * channels + channel) * form.height * form.width;
            functors::RegionSum<float> sum;
            for (int64_t i = 0; i < bin.rows; ++i)
                for (int64_t j = 0; j < bin.columns; ++j)
                    sum.add(plane,
                            functors::regionTaps(form, bin, place / form.pooledWidth,
                                                 place % form.pooledWidth, i, j),
                            form.isMaximum);
            y[at] = sum.result(form.isMaximum);
        });
    }
};

}  // namespace clipscope::gpu
