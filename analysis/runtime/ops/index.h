// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/tensor/shape.h"

namespace clipscope::runtime {

/// An index in [-extent, extent) as one in [0, extent); Error(BadInput) otherwise.
int64_t normalizeIndex(int64_t index, int64_t extent);

/// Goes to the next index of `shape` in row-major order; false after the last, then at the first.
bool nextIndex(std::vector<int64_t>& index, const Shape& shape);

}  // namespace clipscope::runtime
