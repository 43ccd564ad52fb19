// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/device.h"

namespace clipscope::runtime {

void Device::gather(const Tensor& x, size_t axis, std::span<const int64_t> indices, Tensor& y) {
    const int64_t outer = x.shape().elementCount(0, axis);
    const int64_t run = x.shape().elementCount(axis + 1, x.rank());
    const auto count = static_cast<int64_t>(indices.size());
    for (int64_t i = 0; i < count; ++i)
        copyStrided({outer, run}, x,
                    {indices[static_cast<size_t>(i)] * run, {x.shape()[axis] * run, 1}}, y,
                    {i * run, {count * run, 1}});
}

}  // namespace clipscope::runtime
