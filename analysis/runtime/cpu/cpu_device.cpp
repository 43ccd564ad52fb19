// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {

Tensor CpuDevice::allocate(DType type, const Shape& shape) {
    return Tensor(type, shape);
}

}  // namespace clipscope::runtime
