// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {

void CpuDevice::unary(UnaryFunction, const UnaryParameters&, const Tensor&, Tensor&) {
    throw Error(ErrorCode::Unsupported, "not yet");
}

void CpuDevice::binary(BinaryFunction, const Tensor&, const Tensor&, Tensor&) {
    throw Error(ErrorCode::Unsupported, "not yet");
}

void CpuDevice::where(const Tensor&, const Tensor&, const Tensor&, Tensor&) {
    throw Error(ErrorCode::Unsupported, "not yet");
}

void CpuDevice::cast(const Tensor&, Tensor&) {
    throw Error(ErrorCode::Unsupported, "not yet");
}

}  // namespace clipscope::runtime
