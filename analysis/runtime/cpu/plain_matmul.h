// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// Device::matmul for float64 and the integers of 32 and 64 bits, which oneDNN does not multiply.
/// False, and nothing done, for other types.
bool plainMatmul(const MatmulParameters& parameters, const Tensor& a, const Tensor& b,
                 const Tensor* bias, Tensor& y);

}  // namespace clipscope::runtime
