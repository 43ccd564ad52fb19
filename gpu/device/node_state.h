// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"

namespace clipscope::gpu {

/// What a node keeps: the backend's part, and the CPU's where a call was left to it.
struct GpuNodeState {
    runtime::NodeState backend;
    runtime::NodeState host;
    /// Constant factors of 8 bits that are so small that they stay with the host, in the device's
    /// memory; and zero points that kernels read.
    struct Factor {
        Tensor values;
        Tensor zeroPoints;
    };
    Factor left, right;
};

inline GpuNodeState& stateOf(runtime::NodeState& state) {
    if (!state.has_value())
        state = GpuNodeState();
    return std::any_cast<GpuNodeState&>(state);
}

}  // namespace clipscope::gpu
