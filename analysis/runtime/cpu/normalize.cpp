// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {

void CpuDevice::scaleShift(const Tensor&, const Tensor&, const Tensor&, Tensor&) {
    throw Error(ErrorCode::Unsupported, "not yet");
}

void CpuDevice::layerNormalize(const Tensor&, size_t, float, bool, const Tensor*, const Tensor*,
                               Tensor&) {
    throw Error(ErrorCode::Unsupported, "not yet");
}

void CpuDevice::softmax(const Tensor&, size_t, bool, Tensor&) {
    throw Error(ErrorCode::Unsupported, "not yet");
}

}  // namespace clipscope::runtime
