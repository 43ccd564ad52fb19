// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/normalize.h"

#include <algorithm>

#include "gpu/gpu_device.h"

namespace clipscope::gpu {
namespace {

bool allFloat32(std::initializer_list<const Tensor*> tensors) {
    return std::ranges::all_of(
        tensors, [](const Tensor* tensor) { return !tensor || tensor->type() == DType::Float32; });
}

}  // namespace

void GpuDevice::scaleShift(const Tensor& x, const Tensor& scale, const Tensor& shift, Tensor& y) {
    if (!allFloat32({&x, &scale, &shift}))
        return m_host->scaleShift(x, scale, shift, y);  // which says what it lacks
    if (y.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    const Tensor scales = onDevice(scale);
    const Tensor shifts = onDevice(shift);
    DeviceOutput to(*this, y);
    gpu::scaleShift(queue(), {dataOf<float>(from), dataOf<float>(scales), dataOf<float>(shifts),
                              dataOf<float>(to.tensor()), x.elementCount(),
                              x.shape().elementCount(2, x.rank()), x.shape()[1]});
    to.finish();
}

void GpuDevice::layerNormalize(const Tensor& x, size_t axis, float epsilon, bool rms,
                               const Tensor* scale, const Tensor* bias, Tensor& y) {
    if (!allFloat32({&x, scale, bias}))
        return m_host->layerNormalize(x, axis, epsilon, rms, scale, bias, y);
    if (y.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    const Tensor scales = scale ? onDevice(*scale) : Tensor();
    const Tensor biases = bias ? onDevice(*bias) : Tensor();
    DeviceOutput to(*this, y);
    gpu::layerNormalize(
        queue(), {dataOf<float>(from), dataOf<float>(scales), dataOf<float>(biases),
                  dataOf<float>(to.tensor()), x.shape().elementCount(0, axis),
                  x.shape().elementCount(axis, x.rank()), static_cast<double>(epsilon), rms});
    to.finish();
}

void GpuDevice::softmax(const Tensor& x, size_t axis, bool log, Tensor& y) {
    if (!allFloat32({&x}))
        return m_host->softmax(x, axis, log, y);
    if (y.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    DeviceOutput to(*this, y);
    const int64_t length = x.shape()[axis];
    const int64_t stride = x.shape().elementCount(axis + 1, x.rank());
    const int64_t outer = x.shape().elementCount(0, axis);
    if (stride == 1)
        gpu::softmax(queue(), SoftmaxRowsKernel{dataOf<float>(from), dataOf<float>(to.tensor()),
                                                outer, length, log});
    else
        gpu::softmax(queue(), SoftmaxColumnsKernel{dataOf<float>(from), dataOf<float>(to.tensor()),
                                                   outer * stride, length, stride, log});
    to.finish();
}

}  // namespace clipscope::gpu
