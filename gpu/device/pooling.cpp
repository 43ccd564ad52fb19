// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/pool_axes.h"
#include "analysis/runtime/strided_view.h"
#include "gpu/device/node_state.h"
#include "gpu/gpu_device.h"
#include "gpu/launch/pool.h"

namespace clipscope::gpu {

void GpuDevice::pool(const runtime::PoolParameters& parameters, const Tensor& x, Tensor& y,
                     runtime::NodeState& state) {
    if (x.layout() == Layout::ChannelsLast) {
        Tensor rows = allocateOnDevice(y.type(), y.shape());
        pool(parameters, runtime::toRowMajor(*this, x), rows, state);
        const Tensor inOrder = runtime::toChannelsLast(*this, rows).inMemoryOrder();
        Tensor target = y.inMemoryOrder();
        return copyStrided(inOrder.shape(), inOrder, runtime::wholeView(inOrder.shape()), target,
                           runtime::wholeView(inOrder.shape()));
    }
    const bool isOfBytes = x.type() == DType::Int8 || x.type() == DType::UInt8;
    if (isOfBytes && parameters.kind == runtime::PoolKind::Max && !allOnHost({&x, &y})) {
        Tensor wide = allocateOnDevice(DType::Float32, x.shape());
        cast(x, wide);
        Tensor largest = allocateOnDevice(DType::Float32, y.shape());
        pool(parameters, wide, largest, state);
        return cast(largest, y);
    }
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
