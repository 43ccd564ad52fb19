// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/runtime/device.h"
#include "analysis/tensor/shape.h"

namespace clipscope::runtime {

/// All of a tensor of that shape.
inline StridedView wholeView(const Shape& shape) {
    return {0, shape.strides()};
}

/// The strides with which an operand of shape `from` is read over `to`, to which it broadcasts.
inline std::vector<int64_t> broadcastStrides(const Shape& from, const Shape& to) {
    std::vector<int64_t> strides(to.rank());
    const std::vector<int64_t> own = from.strides();
    for (size_t i = 0; i < from.rank(); ++i)
        if (from[i] != 1)
            strides[to.rank() - from.rank() + i] = own[i];
    return strides;
}

/// y is x with its axes in the order `permutation`; y's extents already are.
inline void copyPermuted(Device& device, const Tensor& x, const std::vector<size_t>& permutation,
                         Tensor& y) {
    const std::vector<int64_t> strides = x.shape().strides();
    StridedView from;
    for (const size_t axis : permutation)
        from.strides.push_back(strides[axis]);
    device.copyStrided(y.shape(), x, from, y, wholeView(y.shape()));
}

}  // namespace clipscope::runtime
