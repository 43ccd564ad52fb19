// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/places.h"

#include "gpu/gpu_device.h"

namespace clipscope::gpu {

void GpuDevice::rotate(const runtime::Rotation& rotation, std::span<const int64_t> rows,
                       const Tensor& x, const Tensor& cosines, const Tensor& sines, Tensor& y) {
    if (y.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    const Tensor cosine = onDevice(cosines);
    const Tensor sine = onDevice(sines);
    const Tensor row = onDevice(Tensor::of<int64_t>({std::ssize(rows)}, rows));
    DeviceOutput to(*this, y);
    gpu::rotate(queue(),
                {dataOf<float>(from), dataOf<float>(cosine), dataOf<float>(sine),
                 dataOf<int64_t>(row), dataOf<float>(to.tensor()), y.elementCount(), rotation});
    to.finish();
}

void GpuDevice::sampleGrid(const runtime::GridSampling& sampling, const Tensor& x,
                           const Tensor& grid, Tensor& y) {
    if (y.elementCount() == 0)
        return;
    constexpr size_t kMostAxes = 3;
    const size_t axes = x.rank() - 2;
    const bool isPossible =
        axes <= kMostAxes && x.type() == DType::Float32 && grid.type() == DType::Float32;
    if (!isPossible)
        return onHost({&x, &grid}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
            m_host->sampleGrid(sampling, in[0], in[1], out);
        });
    const Tensor from = onDevice(x);
    const Tensor places = onDevice(grid);
    DeviceOutput to(*this, y);
    SampleGridKernel kernel{
        dataOf<float>(from), dataOf<float>(places),  dataOf<float>(to.tensor()),
        x.shape()[0],        x.shape()[1],           grid.shape().elementCount(1, axes + 1),
        {1, 1, 1},           static_cast<int>(axes), sampling};
    for (size_t axis = 0; axis < axes; ++axis)
        kernel.extents[kMostAxes - axes + axis] = x.shape()[2 + axis];
    gpu::sampleGrid(queue(), kernel);
    to.finish();
}

}  // namespace clipscope::gpu
