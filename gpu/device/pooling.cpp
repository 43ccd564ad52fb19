// SPDX-License-Identifier: Apache-2.0
#include "gpu/device/node_state.h"
#include "gpu/gpu_device.h"

namespace clipscope::gpu {

void GpuDevice::pool(const runtime::PoolParameters& parameters, const Tensor& x, Tensor& y,
                     runtime::NodeState& state) {
    onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->pool(parameters, in[0], out, stateOf(state).host);
    });
}

}  // namespace clipscope::gpu
