// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// One method of Device on odd shapes, or the counting of a tensor, held against a reference.
struct DeviceCheck {
    std::string name;
    double error = 0;      ///< max|a-b| / max|b|; infinite where elements that must be equal differ
    double tolerance = 0;  ///< declared for the method; 0: equal to the bit
    std::string failure;   ///< what was thrown, "" for nothing
    bool leftToHost = false;  ///< the device has no kernel for it: `error` says nothing
    bool passed() const { return failure.empty() && error <= tolerance; }
};

/// Runs every check on both devices (selftest, tests).
std::vector<DeviceCheck> compareDevices(Device& device, Device& reference);

}  // namespace clipscope::runtime
