// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/resize.h"

#include "analysis/runtime/ops/resize_taps.h"
#include "gpu/gpu_device.h"

namespace clipscope::gpu {

void GpuDevice::resize(const Tensor& x, size_t axis, const runtime::ResizeTaps& taps, float outside,
                       Tensor& y) {
    if (allOnHost({&x, &y}))
        return m_host->resize(x, axis, taps, outside, y);
    if (y.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    const auto count = static_cast<int64_t>(taps.indices.size());
    const Tensor indices = onDevice(Tensor::of<int64_t>({count}, taps.indices));
    const Tensor weights = onDevice(Tensor::of<float>({count}, taps.weights));
    DeviceOutput to(*this, y);
    gpu::resize(queue(), {dataOf<float>(from), dataOf<int64_t>(indices), dataOf<float>(weights),
                          dataOf<float>(to.tensor()), y.elementCount(), x.shape()[axis],
                          y.shape()[axis], x.shape().elementCount(axis + 1, x.rank()),
                          static_cast<int64_t>(taps.width), outside});
    to.finish();
}

}  // namespace clipscope::gpu
