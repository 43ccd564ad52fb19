// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/quantize.h"

#include "gpu/gpu_device.h"

namespace clipscope::gpu {

void GpuDevice::quantize(const runtime::Granularity& granularity, const Tensor& x,
                         const Tensor& scales, const Tensor& zeroPoints, Tensor& y) {
    if (x.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    const Tensor scale = onDevice(scales);
    const Tensor zero = onDevice(zeroPoints);
    DeviceOutput to(*this, y);
    if (gpu::quantize(queue(), x.type(), from.bytes(), y.type(), to.tensor().mutableBytes(),
                      x.elementCount(), granularity, dataOf<float>(scale), dataOf<float>(zero)))
        return to.finish();
    onHost({&x, &scales, &zeroPoints}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->quantize(granularity, in[0], in[1], in[2], out);
    });
}

void GpuDevice::dequantize(const runtime::Granularity& granularity, const Tensor& x,
                           const Tensor& scales, const Tensor& zeroPoints, Tensor& y) {
    if (x.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    const Tensor scale = onDevice(scales);
    const Tensor zero = onDevice(zeroPoints);
    DeviceOutput to(*this, y);
    if (gpu::quantize(queue(), x.type(), from.bytes(), DType::Float32, to.tensor().mutableBytes(),
                      x.elementCount(), granularity, dataOf<float>(scale), dataOf<float>(zero)))
        return to.finish();
    onHost({&x, &scales, &zeroPoints}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->dequantize(granularity, in[0], in[1], in[2], out);
    });
}

}  // namespace clipscope::gpu
