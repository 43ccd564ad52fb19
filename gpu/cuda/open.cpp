// SPDX-License-Identifier: Apache-2.0
#include "gpu/open.h"

#include <array>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "gpu/cuda/cuda_backend.h"
#include "gpu/gpu_device.h"
#include "gpu/launch/probe.h"
#include "gpu/nvml.h"

namespace clipscope::gpu {
namespace {

[[noreturn]] void noGpu(const std::string& why) {
    throw Error(ErrorCode::Unsupported, why);
}

int gpuCount() {
    int driver = 0;
    int count = 0;
    if (cudaDriverGetVersion(&driver) != cudaSuccess || driver == 0)
        noGpu("there is no NVIDIA driver on this machine: install one, or run with --device cpu");
    const cudaError_t status = cudaGetDeviceCount(&count);
    if (status == cudaErrorInsufficientDriver) {
        int runtime = 0;
        cudaRuntimeGetVersion(&runtime);
        noGpu(
            fmt::format("the NVIDIA driver supports CUDA {}.{} and this build needs {}.{}: install "
                        "a newer driver, or run with --device cpu",
                        driver / 1000, driver % 1000 / 10, runtime / 1000, runtime % 1000 / 10));
    }
    if (status == cudaErrorNoDevice || (status == cudaSuccess && count == 0))
        noGpu(
            "there is no NVIDIA GPU on this machine, or CUDA_VISIBLE_DEVICES hides it: run with "
            "--device cpu");
    CLIPSCOPE_CUDA_CHECK(status);
    return count;
}

}  // namespace

std::vector<GpuInfo> listGpus() {
    std::vector<GpuInfo> gpus;
    const int count = gpuCount();
    for (int i = 0; i < count; ++i) {
        cudaDeviceProp properties{};
        CLIPSCOPE_CUDA_CHECK(cudaGetDeviceProperties(&properties, i));
        gpus.push_back(
            {i, properties.name, properties.totalGlobalMem, properties.major, properties.minor});
    }
    return gpus;
}

size_t freeMemory(int index) {
    std::array<char, 32> busId{};
    if (cudaDeviceGetPCIBusId(busId.data(), static_cast<int>(busId.size()), index) != cudaSuccess) {
        cudaGetLastError();
        return 0;
    }
    return freeMemoryAt(busId.data());
}

std::unique_ptr<runtime::Device> openGpu(int index, std::unique_ptr<runtime::Device> host,
                                         bool tf32) {
    const std::vector<GpuInfo> gpus = listGpus();
    if (index < 0 || index >= static_cast<int>(gpus.size()))
        throw Error(ErrorCode::Usage,
                    fmt::format("there is no GPU {}: this machine has {}, counted from 0", index,
                                gpus.size()));
    const GpuInfo& gpu = gpus[static_cast<size_t>(index)];
    CLIPSCOPE_CUDA_CHECK(cudaSetDevice(index));
    if (!hasKernels())
        noGpu(
            fmt::format("this build has no code for {} (compute capability {}.{}; 7.5 and later "
                        "is supported): build with CLIPSCOPE_CUDA_ARCHITECTURES set to it, or "
                        "run with --device cpu",
                        gpu.name, gpu.major, gpu.minor));
    return std::make_unique<GpuDevice>(std::make_shared<CudaBackend>(index, tf32), std::move(host));
}

}  // namespace clipscope::gpu
