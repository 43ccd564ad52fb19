// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace clipscope::gpu {

/// Bytes of a GPU's memory that nothing uses, as NVIDIA's management library tells it: unlike the
/// CUDA runtime it takes no memory of the GPU for the asking. The library comes with the driver and
/// is loaded here. 0 where it does not say. `busId`: "0000:01:00.0".
size_t freeMemoryAt(const std::string& busId, const char* library = "libnvidia-ml.so.1");

}  // namespace clipscope::gpu
