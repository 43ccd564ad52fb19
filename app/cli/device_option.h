// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "analysis/runtime/device.h"

namespace clipscope::cli {

/// --device auto|cpu|cuda[:i,j] and --tf32.
class DeviceOption {
public:
    void add(CLI::App& command);
    const std::string& text() const { return m_device; }
    bool tf32() const { return m_tf32; }

    /// Opens what was asked for; nothing for the CPU. `auto` takes the first GPU where there is one
    /// and else the CPU, which it says where this build could have used one. Throws Error: a device
    /// that does not exist, and why there is no GPU where one was asked for.
    std::vector<std::unique_ptr<runtime::Device>> open() const;

    /// The same for what only a GPU can do: where `auto` finds none, `why` says the reason.
    std::vector<std::unique_ptr<runtime::Device>> openGpus(std::string& why) const;

private:
    std::string m_device = "auto";
    bool m_tf32 = false;
};

/// The GPUs that "cuda", "cuda:1" or "cuda:0,2" names; empty for "auto" and "cpu". Throws
/// Error(Usage) for anything else and for one that is named twice.
std::vector<int> parseGpus(const std::string& device);

std::vector<runtime::Device*> pointers(
    const std::vector<std::unique_ptr<runtime::Device>>& devices);

}  // namespace clipscope::cli
