// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/convert.h"

#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/tensor/narrow.h"

namespace clipscope::runtime {

Tensor converted(Device& device, const Tensor& x, DType type) {
    if (x.type() == type)
        return x;
    if (isNarrow(x.type()))
        return converted(device, device.fromHost(fromNarrow(device.toHost(x))), type);
    if (isNarrow(type))
        return device.fromHost(toNarrow(type, device.toHost(converted(device, x, DType::Float32))));
    Tensor y = device.allocate(type, x.shape());
    device.cast(x, y);
    return y;
}

Tensor scalarOf(Device& device, double value, DType type) {
    return device.fromHost(convertedOnHost(Tensor::scalar(value), type));
}

Tensor convertedOnHost(const Tensor& x, DType type) {
    CpuDevice host;
    return converted(host, x, type);
}

}  // namespace clipscope::runtime
