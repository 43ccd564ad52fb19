// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "analysis/tensor/shape.h"

namespace clipscope::runtime {

/// An axis of a tensor as blocks: element (o, i, r) lies at (o * extent + i) * run + r.
struct AxisBlocks {
    int64_t outer = 1;
    int64_t extent = 1;
    int64_t run = 1;

    AxisBlocks(const Shape& shape, size_t axis)
        : outer(shape.elementCount(0, axis)),
          extent(shape[axis]),
          run(shape.elementCount(axis + 1, shape.rank())) {}
};

}  // namespace clipscope::runtime
