// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "analysis/runtime/device.h"

namespace clipscope::gpu {

struct GpuInfo {
    int index = 0;
    std::string name;  ///< "NVIDIA H200"
    size_t memoryBytes = 0;
    int major = 0;  ///< compute capability
    int minor = 0;
};

/// The machine's GPUs. Throws Error(Unsupported) that says in one sentence why there is none to use
/// (no GPU, no driver, a driver that is too old) and what to do.
std::vector<GpuInfo> listGpus();

/// Bytes of a GPU's memory that nothing uses; 0 where the driver does not say.
size_t freeMemory(int index);

/// GPU `index`, with `host` for what has no kernel. tf32: products of convolutions and matrices may
/// be rounded to 10 bits of mantissa. Throws Error(Unsupported) where this build has no code for it
/// or there is no such GPU.
std::unique_ptr<runtime::Device> openGpu(int index, std::unique_ptr<runtime::Device> host,
                                         bool tf32 = false);

}  // namespace clipscope::gpu
