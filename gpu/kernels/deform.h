// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/deform.h"
#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// The columns of a deformable convolution: a thread takes an element.
struct DeformKernel {
    static constexpr int kThreads = 256;

    runtime::DeformForm form;
    const float* x;
    const float* offsets;
    const float* mask;  ///< may be null
    float* columns;

    CLIPSCOPE_HD int64_t count() const { return form.channels * form.taps() * form.positions(); }

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        const int64_t positions = form.positions();
        forEachIndex(block, count(), [&](int64_t at) {
            columns[at] = runtime::functors::deformedAt(form, x, offsets, mask, at / positions,
                                                        at % positions);
        });
    }
};

}  // namespace clipscope::gpu
