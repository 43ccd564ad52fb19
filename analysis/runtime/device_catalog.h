// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// A processor beside the CPU that models can run on.
struct DeviceInfo {
    std::string id;          ///< as --device takes it: "cuda:0"
    std::string name;        ///< "NVIDIA H200"
    size_t memoryBytes = 0;  ///< in all
    size_t freeBytes = 0;    ///< what nothing used when it was asked; 0: not known
};

/// The processors of this machine. Drivers may take seconds to answer: never to be asked on a
/// thread that draws. All may be called from any thread.
class DeviceCatalog {
public:
    virtual ~DeviceCatalog() = default;
    /// Throws Error(Unsupported) that says in one sentence why there is none and what to do.
    virtual std::vector<DeviceInfo> list() const = 0;
    /// The CPU stands beside it for what it has no kernel for. Throws Error.
    virtual std::unique_ptr<Device> open(const std::string& id) const = 0;
};

}  // namespace clipscope::runtime
