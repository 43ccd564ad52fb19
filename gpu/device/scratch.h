// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/gpu_device.h"
#include "gpu/kernels/count.h"

namespace clipscope::gpu {

/// The table that counting kernels fill and empty again (4 MiB), one for all tensors of a device.
struct GpuDevice::Scratch {
    explicit Scratch(GpuDevice& device);
    /// For another tensor.
    CountTable table();

private:
    Buffer m_counts;
    Buffer m_touched;
    uint32_t m_epoch = 0;
};

}  // namespace clipscope::gpu
