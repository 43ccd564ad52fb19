// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "analysis/tensor/dtype.h"

namespace clipscope::runtime {

/// Casts `count` elements.
using CastLoop = void (*)(const std::byte* from, std::byte* to, int64_t count);

/// The loop between two types that models in half precision or of 8-bit integers are full of, for
/// the widest vectors of the processor; null for other pairs. Elements are those of
/// CpuDevice::cast.
CastLoop castLoop(DType from, DType to);

}  // namespace clipscope::runtime
