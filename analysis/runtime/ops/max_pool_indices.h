// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// The second output of MaxPool, an int64 tensor of shape `output`: where in the flattened host
/// float32 tensor `x` each maximum lies (the first of equals). columnMajor: offsets inside a plane
/// count its first spatial axis fastest.
Tensor maxPoolIndices(const PoolParameters& parameters, const Tensor& x, const Shape& output,
                      bool columnMajor);

}  // namespace clipscope::runtime
