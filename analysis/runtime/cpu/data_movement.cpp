// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {

void CpuDevice::copyStrided(const Shape&, const Tensor&, const StridedView&, Tensor&,
                            const StridedView&) {
    throw Error(ErrorCode::Unsupported, "not yet");
}

void CpuDevice::fill(const Tensor&, Tensor&) {
    throw Error(ErrorCode::Unsupported, "not yet");
}

}  // namespace clipscope::runtime
