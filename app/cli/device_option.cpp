// SPDX-License-Identifier: Apache-2.0
#include "app/cli/device_option.h"

#include <algorithm>
#include <charconv>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "app/cli/console.h"
#include "app/devices/devices.h"

namespace clipscope::cli {
void DeviceOption::add(CLI::App& command) {
    command.add_option("--device", m_device,
                       "auto, cpu, cuda, or GPUs by number such as cuda:0,1 (default: auto, the "
                       "first GPU where this build can use one)");
    command.add_flag("--tf32", m_tf32,
                     "Let a GPU round what it multiplies to TF32: faster, no longer FP32");
}

std::vector<int> parseGpus(const std::string& device) {
    if (device == "auto" || device == "cpu")
        return {};
    if (device == "cuda")
        return {0};
    std::vector<int> gpus;
    constexpr std::string_view kPrefix = "cuda:";
    const char* at = device.data() + std::min(kPrefix.size(), device.size());
    const char* end = device.data() + device.size();
    bool isList = device.starts_with(kPrefix);
    while (isList) {
        int index = -1;
        const auto [after, error] = std::from_chars(at, end, index);
        isList = error == std::errc() && index >= 0 && (after == end || *after == ',') &&
                 std::ranges::find(gpus, index) == gpus.end();
        gpus.push_back(index);
        if (after == end)
            break;
        at = after + 1;
    }
    if (!isList)
        throw Error(ErrorCode::Usage,
                    fmt::format("--device wants auto, cpu, cuda or a list of GPUs such as "
                                "cuda:0,1, not '{}'",
                                device));
    return gpus;
}

std::vector<std::unique_ptr<runtime::Device>> DeviceOption::open() const {
    std::vector<std::unique_ptr<runtime::Device>> devices;
    for (const int index : parseGpus(m_device))
        devices.push_back(app::openGpu(index, m_tf32));
    if (m_device != "auto" || !app::canUseGpus())
        return devices;
    try {
        devices.push_back(app::openGpu(0, m_tf32));
    } catch (const Error& error) {
        warn(fmt::format("running on the CPU: {}", error.what()));
    }
    return devices;
}

std::vector<std::unique_ptr<runtime::Device>> DeviceOption::openGpus(std::string& why) const {
    if (m_device != "auto")
        return open();
    std::vector<std::unique_ptr<runtime::Device>> devices;
    try {
        devices.push_back(app::openGpu(0, m_tf32));
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Unsupported)
            throw;
        why = error.what();
    }
    return devices;
}

std::vector<runtime::Device*> pointers(
    const std::vector<std::unique_ptr<runtime::Device>>& devices) {
    std::vector<runtime::Device*> raw;
    for (const auto& device : devices)
        raw.push_back(device.get());
    return raw;
}

}  // namespace clipscope::cli
