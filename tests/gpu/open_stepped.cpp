// SPDX-License-Identifier: Apache-2.0
// gpu/open.h with two GPUs whose kernels are stepped on the CPU. The environment makes it fail:
// CLIPSCOPE_STEPPED=none has no GPU, =wrong multiplies matrices wrongly.
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "gpu/open.h"
#include "tests/gpu/stepped_backend.h"

namespace clipscope::gpu {
namespace {

std::string_view asked() {
    const char* text = std::getenv("CLIPSCOPE_STEPPED");
    return text ? text : "";
}

}  // namespace

std::vector<GpuInfo> listGpus() {
    if (asked() == "none")
        throw Error(ErrorCode::Unsupported,
                    "there is no stepped GPU: install one, or run with --device cpu");
    return {{0, "Stepped One", size_t{8} << 30, 9, 0}, {1, "Stepped Two", size_t{4} << 30, 7, 5}};
}

size_t freeMemory(int index) {
    return listGpus().at(static_cast<size_t>(index)).memoryBytes / 2;
}

std::unique_ptr<runtime::Device> openGpu(int index, std::unique_ptr<runtime::Device> host, bool) {
    if (index >= static_cast<int>(listGpus().size()))
        throw Error(ErrorCode::Usage, fmt::format("there is no GPU {}", index));
    auto backend = std::make_shared<SteppedBackend>();
    backend->setError(asked() == "wrong" ? 1e-3f : 0);
    return std::make_unique<GpuDevice>(std::move(backend), std::move(host));
}

}  // namespace clipscope::gpu
