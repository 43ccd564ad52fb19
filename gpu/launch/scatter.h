// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"
#include "gpu/queue.h"

namespace clipscope::gpu {

/// Updates by target, in device memory: target g takes those that order[begins[g]] up to
/// order[begins[g + 1] - 1] name, in this order; last[g] is the last of them.
struct ScatterTargets {
    int64_t count = 0;
    const int64_t* targets = nullptr;  ///< offsets in y, each once
    const int64_t* last = nullptr;
    const int64_t* begins = nullptr;  ///< count + 1; with `order` for what is combined only
    const int64_t* order = nullptr;
};

/// Of runs of `run` elements. False, with nothing launched, where there is no kernel for the type.
bool scatter(const Queue& queue, runtime::Scattering scattering, DType type, const void* updates,
             void* y, int64_t run, const ScatterTargets& targets);

}  // namespace clipscope::gpu
