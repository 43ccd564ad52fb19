// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {

void CpuDevice::reduce(ReduceKind, std::span<const size_t>, const Tensor&, Tensor&) {
    throw Error(ErrorCode::Unsupported, "not yet");
}

}  // namespace clipscope::runtime
