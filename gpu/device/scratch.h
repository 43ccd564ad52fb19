// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/gpu_device.h"
#include "gpu/kernels/count.h"

namespace clipscope::gpu {

/// The table that counting kernels fill and empty again (4 MiB), one for all tensors of a device.
struct GpuDevice::Scratch {
    explicit Scratch(GpuDevice& device);
    CountTable table() const;

private:
    Buffer m_counts;
    Buffer m_touched;
};

}  // namespace clipscope::gpu
