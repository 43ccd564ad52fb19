// SPDX-License-Identifier: Apache-2.0
#include "gpu/gpu_device.h"

namespace clipscope::gpu {

void GpuDevice::reduce(runtime::ReduceKind kind, std::span<const size_t> axes, const Tensor& x,
                       Tensor& y) {
    onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->reduce(kind, axes, in[0], out);
    });
}

}  // namespace clipscope::gpu
