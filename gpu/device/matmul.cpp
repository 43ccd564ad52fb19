// SPDX-License-Identifier: Apache-2.0
#include "gpu/device/node_state.h"
#include "gpu/gpu_device.h"

namespace clipscope::gpu {

void GpuDevice::matmul(const runtime::MatmulParameters& parameters, const Tensor& a,
                       const Tensor& b, const Tensor* bias, Tensor& y, runtime::NodeState& state) {
    onHost({&a, &b, bias}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->matmul(parameters, in[0], in[1], bias ? &in[2] : nullptr, out, stateOf(state).host);
    });
}

}  // namespace clipscope::gpu
