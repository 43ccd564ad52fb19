// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {

void CpuDevice::pool(const PoolParameters&, const Tensor&, Tensor&, NodeState&) {
    throw Error(ErrorCode::Unsupported, "not yet");
}

}  // namespace clipscope::runtime
