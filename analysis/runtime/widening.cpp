// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/widening.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/element_types.h"

namespace clipscope::runtime {

bool widens(Widening widening, DType type) {
    return widening != Widening::None &&
           (isHalf(type) || (widening == Widening::Floats && type == DType::Float64));
}

Tensor castTo(Device& device, const Tensor& x, DType type) {
    const Tensor inOrder = x.inMemoryOrder();
    Tensor y = device.allocate(type, inOrder.shape());
    device.cast(inOrder, y);
    return x.layout() == Layout::ChannelsLast ? y.asChannelsLast() : y;
}

Tensor castToFloat32(Device& device, const Tensor& x) {
    constexpr double kLargest = std::numeric_limits<float>::max();
    if (x.type() == DType::Float64) {
        const Tensor host = device.toHost(x);
        for (const double value : host.values<double>())
            if (std::isfinite(value) && std::abs(value) > kLargest)
                throw Error(ErrorCode::Unsupported,
                            fmt::format("it is computed in float32, which cannot hold the value {}",
                                        value));
    }
    return castTo(device, x, DType::Float32);
}

Tensor WidenedConstants::of(graph::ValueId id, const Tensor& constant, Device& device) {
    const std::scoped_lock lock(m_mutex);
    Tensor& made = m_made[id];
    if (!made.isDefined())
        made = castToFloat32(device, constant);
    return made;
}

}  // namespace clipscope::runtime
