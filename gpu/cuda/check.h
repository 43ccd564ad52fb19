// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>

namespace clipscope::gpu {

/// Throws Error unless `status` is success: OutOfMemory where memory was short, else Unsupported or
/// Io with the reason and what to do, the statement and its place.
void checkCuda(cudaError_t status, const char* statement, const char* file, int line);

}  // namespace clipscope::gpu

#define CLIPSCOPE_CUDA_CHECK(statement) \
    ::clipscope::gpu::checkCuda((statement), #statement, __FILE__, __LINE__)
