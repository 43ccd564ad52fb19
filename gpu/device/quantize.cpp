// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/quantize.h"

#include <algorithm>

#include "analysis/runtime/functors/quantize.h"
#include "analysis/runtime/integer_sums.h"
#include "gpu/gpu_device.h"
#include "gpu/launch/integers.h"

namespace clipscope::gpu {

/// Either way; false where there is no kernel for the types.
bool GpuDevice::quantizeOnDevice(const runtime::Granularity& granularity, const Tensor& x,
                                 const Tensor& scales, const Tensor& zeroPoints, Tensor& y) {
    if (x.elementCount() == 0)
        return true;
    const Tensor from = onDevice(x);
    const Tensor scale = onDevice(scales);
    const Tensor zero = onDevice(zeroPoints);
    DeviceOutput to(*this, y);
    if (!gpu::quantize(queue(), x.type(), from.bytes(), y.type(), to.tensor().mutableBytes(),
                       x.elementCount(), granularity, dataOf<float>(scale), dataOf<float>(zero)))
        return false;
    to.finish();
    return true;
}

void GpuDevice::quantize(const runtime::Granularity& granularity, const Tensor& x,
                         const Tensor& scales, const Tensor& zeroPoints, Tensor& y) {
    if (quantizeOnDevice(granularity, x, scales, zeroPoints, y))
        return;
    onHost({&x, &scales, &zeroPoints}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->quantize(granularity, in[0], in[1], in[2], out);
    });
}

void GpuDevice::dequantize(const runtime::Granularity& granularity, const Tensor& x,
                           const Tensor& scales, const Tensor& zeroPoints, Tensor& y) {
    if (quantizeOnDevice(granularity, x, scales, zeroPoints, y))
        return;
    onHost({&x, &scales, &zeroPoints}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->dequantize(granularity, in[0], in[1], in[2], out);
    });
}

runtime::QuantizedTensor GpuDevice::quantizeDynamically(const Tensor& x) {
    if (x.type() != DType::Float32)
        return m_host->quantizeDynamically(toHost(x));  // says what it does not take
    const Tensor from = onDevice(x);
    runtime::QuantizedTensor y{allocateOnDevice(DType::UInt8, x.shape()),
                               allocateOnDevice(DType::Float32, {}),
                               allocateOnDevice(DType::UInt8, {})};
    Tensor zero = allocateOnDevice(DType::Float32, {});
    Tensor ranges = allocateOnDevice(DType::Float32, {rangesFor(queue(), from.elementCount()), 2});
    dynamicScale(queue(), dataOf<float>(from), from.elementCount(), dataOf<RangeWithZero>(ranges),
                 dataOf<float>(y.scale), dataOf<float>(zero), dataOf<uint8_t>(y.zeroPoint));
    quantize({.inner = std::max<int64_t>(1, x.elementCount())}, from, y.scale, zero, y.values);
    return y;
}

void GpuDevice::lookUp(const Tensor& x, const Tensor& table, Tensor& y) {
    if (allOnHost({&x, &y}))
        return m_host->lookUp(x, toHost(table), y);
    if (x.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    const Tensor values = onDevice(table);
    DeviceOutput to(*this, y);
    gpu::lookUp(queue(), {dataOf<uint8_t>(from), dataOf<uint8_t>(values),
                          dataOf<uint8_t>(to.tensor()), x.elementCount()});
    to.finish();
}

void GpuDevice::addQuantized(const runtime::QuantizedSum& sum, const Tensor& a, const Tensor& b,
                             Tensor& y) {
    if (allOnHost({&a, &b, &y}))
        return m_host->addQuantized(sum, a, b, y);
    if (y.elementCount() == 0)
        return;
    const Tensor left = onDevice(a);
    const Tensor right = onDevice(b);
    DeviceOutput to(*this, y);
    gpu::addQuantized(queue(), y.type(), sum, left.bytes(), right.bytes(),
                      to.tensor().mutableBytes(), y.elementCount());
    to.finish();
}

}  // namespace clipscope::gpu
