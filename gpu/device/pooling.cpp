// SPDX-License-Identifier: Apache-2.0
#include "gpu/device/node_state.h"
#include "gpu/gpu_device.h"
#include "gpu/launch/pool.h"

namespace clipscope::gpu {
namespace {

void setAxes(const runtime::PoolParameters& parameters, const Shape& x, const Shape& y,
             PoolAxis (&axes)[3]) {
    const size_t count = x.rank() - 2;
    const auto& padsEnd =
        parameters.countedPadsEnd.empty() ? parameters.padsEnd : parameters.countedPadsEnd;
    for (size_t i = 0; i < count; ++i) {
        PoolAxis& axis = axes[3 - count + i];
        axis.input = x[2 + i];
        axis.output = y[2 + i];
        axis.kernel = parameters.kernel[i];
        axis.stride = parameters.strides[i];
        axis.dilation = parameters.dilations[i];
        axis.padBegin = parameters.padsBegin[i];
        axis.counted = axis.padBegin + axis.input + padsEnd[i];
    }
}

}  // namespace

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
    setAxes(parameters, x.shape(), y.shape(), kernel.axes);
    gpu::pool(queue(), kernel);
    to.finish();
}

}  // namespace clipscope::gpu
