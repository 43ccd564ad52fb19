// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// The elements of x as `type`, on the device: x itself where it has that type.
Tensor converted(Device& device, const Tensor& x, DType type);

/// One element of that value and type, on the device.
Tensor scalarOf(Device& device, double value, DType type);

/// `converted` for a tensor on the host, which stays there.
Tensor convertedOnHost(const Tensor& x, DType type);

}  // namespace clipscope::runtime
