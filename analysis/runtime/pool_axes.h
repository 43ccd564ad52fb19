// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "analysis/runtime/device.h"

namespace clipscope::runtime {

/// Describes the spatial axes of a pool to three axes of a device's own type (input, output,
/// kernel, stride, dilation, padBegin; counted: elements and begin and end pads that an average may
/// count). The last ones are set; those that the tensor lacks stay as they are.
template <typename Axes>
void setPoolAxes(const PoolParameters& parameters, const Shape& x, const Shape& y, Axes& axes) {
    const size_t count = x.rank() - 2;
    const auto& padsEnd =
        parameters.countedPadsEnd.empty() ? parameters.padsEnd : parameters.countedPadsEnd;
    for (size_t i = 0; i < count; ++i) {
        auto& axis = axes[3 - count + i];
        axis.input = x[2 + i];
        axis.output = y[2 + i];
        axis.kernel = parameters.kernel[i];
        axis.stride = parameters.strides[i];
        axis.dilation = parameters.dilations[i];
        axis.padBegin = parameters.padsBegin[i];
        axis.counted = axis.padBegin + axis.input + padsEnd[i];
    }
}

}  // namespace clipscope::runtime
