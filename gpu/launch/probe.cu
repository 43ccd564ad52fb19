// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/movement.h"
#include "gpu/launch.h"
#include "gpu/launch/probe.h"

namespace clipscope::gpu {

bool hasKernels() {
#if defined(__CUDACC__)
    cudaFuncAttributes attributes{};
    const cudaError_t status = cudaFuncGetAttributes(&attributes, runKernel<FillKernel<uint32_t>>);
    if (status == cudaErrorNoKernelImageForDevice || status == cudaErrorInvalidDeviceFunction ||
        status == cudaErrorUnsupportedPtxVersion) {
        cudaGetLastError();
        return false;
    }
    CLIPSCOPE_CUDA_CHECK(status);
#endif
    return true;
}

}  // namespace clipscope::gpu
