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

void GpuDevice::alignRegions(const runtime::RegionForm& form, std::span<const int64_t> batches,
                             const Tensor& x, const Tensor& regions, Tensor& y) {
    if (y.elementCount() == 0)
        return;
    if (x.type() != DType::Float32)
        return onHost({&x, &regions}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
            m_host->alignRegions(form, batches, in[0], in[1], out);
        });
    const Tensor from = onDevice(x);
    const Tensor region = onDevice(regions);
    const Tensor batch = onDevice(Tensor::of<int64_t>({std::ssize(batches)}, batches));
    DeviceOutput to(*this, y);
    gpu::alignRegions(queue(), {dataOf<float>(from), dataOf<float>(region), dataOf<int64_t>(batch),
                                dataOf<float>(to.tensor()), y.elementCount(), x.shape()[1], form});
    to.finish();
}

void GpuDevice::deformColumns(const runtime::DeformForm& form, const Tensor& x,
                              const Tensor& offsets, const Tensor* mask, Tensor& columns) {
    if (columns.elementCount() == 0)
        return;
    if (x.type() != DType::Float32)
        return onHost({&x, &offsets, mask}, columns,
                      [&](const std::vector<Tensor>& in, Tensor& out) {
                          m_host->deformColumns(form, in[0], in[1], mask ? &in[2] : nullptr, out);
                      });
    const Tensor from = onDevice(x);
    const Tensor moves = onDevice(offsets);
    const Tensor weights = mask ? onDevice(*mask) : Tensor();
    DeviceOutput to(*this, columns);
    gpu::deformColumns(queue(),
                       {form, dataOf<float>(from), dataOf<float>(moves),
                        mask ? dataOf<float>(weights) : nullptr, dataOf<float>(to.tensor())});
    to.finish();
}

}  // namespace clipscope::gpu
