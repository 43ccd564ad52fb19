// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// What one method of a device computes from tensors that it makes itself, on the host, and how far
/// devices may be apart (DeviceCheck::tolerance).
struct Check {
    std::string name;
    double tolerance;
    std::function<Tensor(Device&)> compute;
};

/// All of them, on odd shapes. device_checks.cpp has those of floats, integer_checks.cpp those of
/// integers, recurrent_checks.cpp those of recurrent layers.
std::vector<Check> deviceChecks();
std::vector<Check> integerChecks();
std::vector<Check> recurrentChecks();

/// float32, the same for the same seed.
Tensor normalValues(const Shape& shape, uint32_t seed);
Tensor randomBytes(DType type, const Shape& shape, uint32_t seed);

}  // namespace clipscope::runtime
