// SPDX-License-Identifier: Apache-2.0
#include "app/devices/devices.h"

#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "analysis/base/error.h"
#if defined(CLIPSCOPE_HAVE_CUDA)
#include "analysis/runtime/cpu/cpu_device.h"
#include "gpu/open.h"
#endif

namespace clipscope::app {
namespace {

[[maybe_unused]] [[noreturn]] void refuse() {
    throw Error(
        ErrorCode::Unsupported,
        "this build of Clipscope cannot use a GPU: build it with -DCLIPSCOPE_CUDA=ON, or run "
        "with --device cpu");
}

std::vector<runtime::DeviceInfo> listDevices() {
    std::vector<runtime::DeviceInfo> devices;
#if defined(CLIPSCOPE_HAVE_CUDA)
    for (const gpu::GpuInfo& gpu : gpu::listGpus())
        devices.push_back({fmt::format("cuda:{}", gpu.index), gpu.name, gpu.memoryBytes,
                           gpu::freeMemory(gpu.index)});
#else
    refuse();
#endif
    return devices;
}

class Gpus final : public runtime::DeviceCatalog {
    std::vector<runtime::DeviceInfo> list() const override { return listDevices(); }

    std::unique_ptr<runtime::Device> open(const std::string& id) const override {
        constexpr std::string_view kPrefix = "cuda:";
        int index = -1;
        if (!id.starts_with(kPrefix) ||
            std::from_chars(id.data() + kPrefix.size(), id.data() + id.size(), index).ec !=
                std::errc())
            throw Error(ErrorCode::Usage, fmt::format("'{}' is no GPU such as cuda:0", id));
        return openGpu(index);
    }
};

}  // namespace

bool canUseGpus() {
#if defined(CLIPSCOPE_HAVE_CUDA)
    return true;
#else
    return false;
#endif
}

std::unique_ptr<runtime::Device> openGpu([[maybe_unused]] int index, [[maybe_unused]] bool tf32) {
#if defined(CLIPSCOPE_HAVE_CUDA)
    return gpu::openGpu(index, std::make_unique<runtime::CpuDevice>(), tf32);
#else
    refuse();
#endif
}

std::vector<gpu::BandwidthFigure> measureBandwidth(
    [[maybe_unused]] runtime::Device& device, [[maybe_unused]] const gpu::BandwidthSizes& sizes) {
#if defined(CLIPSCOPE_HAVE_CUDA)
    return gpu::measureBandwidth(device, sizes);
#else
    refuse();
#endif
}

std::shared_ptr<const runtime::DeviceCatalog> gpuCatalog() {
    return std::make_shared<Gpus>();
}

}  // namespace clipscope::app
