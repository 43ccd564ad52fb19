// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analysis/runtime/device_catalog.h"
#include "gpu/bandwidth.h"

namespace clipscope::app {

/// Whether this build can use a GPU where there is one.
bool canUseGpus();

/// GPU `index` with the CPU beside it. Throws Error: this build cannot use GPUs, there is none, and
/// what to do.
std::unique_ptr<runtime::Device> openGpu(int index, bool tf32 = false);

/// gpu::measureBandwidth where this build can use GPUs, else Error(Unsupported).
std::vector<gpu::BandwidthFigure> measureBandwidth(runtime::Device& device,
                                                   const gpu::BandwidthSizes& sizes);

/// For the window's picker.
std::shared_ptr<const runtime::DeviceCatalog> gpuCatalog();

}  // namespace clipscope::app
