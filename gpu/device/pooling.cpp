// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/pool_axes.h"
#include "gpu/device/node_state.h"
#include "gpu/gpu_device.h"
#include "gpu/launch/pool.h"

namespace clipscope::gpu {
void GpuDevice::pool(const runtime::PoolParameters& parameters, const Tensor& x, Tensor& y,
                     runtime::NodeState& state) {
    if (x.type() != DType::Float32 || x.rank() < 3 || x.rank() > 5)
        return onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
            m_host->pool(parameters, in[0], out, stateOf(state).host);
        });
    if (y.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    DeviceOutput to(*this, y);
    PoolKernel kernel{dataOf<float>(from),
                      dataOf<float>(to.tensor()),
                      y.elementCount(),
                      {},
                      parameters.kind == runtime::PoolKind::Max,
                      parameters.kind == runtime::PoolKind::AverageIncludingPads};
    runtime::setPoolAxes(parameters, x.shape(), y.shape(), kernel.axes);
    gpu::pool(queue(), kernel);
    to.finish();
}

}  // namespace clipscope::gpu
