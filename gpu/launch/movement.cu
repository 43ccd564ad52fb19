// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "gpu/kernels/movement.h"
#include "gpu/launch.h"
#include "gpu/launch/movement.h"
#include "gpu/launch/sizes.h"

namespace clipscope::gpu {

void copy(const Queue& queue, size_t elementSize, const void* x, void* y, const Strided<2>& views) {
    visitSize(elementSize, [&](auto unit) {
        using U = decltype(unit);
        launch(queue, CopyKernel<U>{static_cast<const U*>(x), static_cast<U*>(y), views},
               blocksFor(queue, views.count, CopyKernel<U>::kThreads));
    });
}

void fill(const Queue& queue, size_t elementSize, const void* value, void* y, int64_t count) {
    visitSize(elementSize, [&](auto unit) {
        std::memcpy(&unit, value, sizeof unit);
        using U = decltype(unit);
        launch(queue, FillKernel<U>{unit, static_cast<U*>(y), count},
               blocksFor(queue, count, FillKernel<U>::kThreads));
    });
}

void gather(const Queue& queue, size_t elementSize, const void* x, const int64_t* indices, void* y,
            int64_t outer, int64_t extent, int64_t chosen, int64_t run) {
    visitSize(elementSize, [&](auto unit) {
        using U = decltype(unit);
        const int64_t count = outer * chosen * run;
        launch(queue,
               GatherKernel<U>{static_cast<const U*>(x), indices, static_cast<U*>(y), count, extent,
                               chosen, run},
               blocksFor(queue, count, GatherKernel<U>::kThreads));
    });
}

}  // namespace clipscope::gpu
