// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/elementwise.h"

#include "analysis/base/error.h"
#include "analysis/runtime/binary_result.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/strided_view.h"
#include "gpu/gpu_device.h"

namespace clipscope::gpu {

using runtime::BinaryFunction;
using runtime::broadcastStrides;
using runtime::UnaryFunction;
using runtime::UnaryParameters;

/// Half types are computed as float32, as on the CPU.
Tensor GpuDevice::widened(const Tensor& x) {
    if (!runtime::isHalf(x.type()) || x.isHost())
        return x;
    Tensor wide = allocateOnDevice(DType::Float32, x.shape());
    cast(x, wide);
    return wide;
}

void GpuDevice::unary(UnaryFunction function, const UnaryParameters& parameters, const Tensor& x,
                      Tensor& y) {
    if (allOnHost({&x, &y}))
        return m_host->unary(function, parameters, x, y);
    if (runtime::isHalf(x.type()) && !x.isHost()) {
        Tensor result = runtime::isHalf(y.type()) ? allocateOnDevice(DType::Float32, y.shape()) : y;
        unary(function, parameters, widened(x), result);
        return runtime::isHalf(y.type()) ? cast(result, y) : void();
    }
    if (x.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    DeviceOutput to(*this, y);
    if (gpu::unary(queue(), function, parameters, x.type(), from.bytes(),
                   to.tensor().mutableBytes(), x.elementCount()))
        return to.finish();
    onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->unary(function, parameters, in[0], out);
    });
}

void GpuDevice::binary(BinaryFunction function, const Tensor& a, const Tensor& b, Tensor& y) {
    if (allOnHost({&a, &b, &y}))
        return m_host->binary(function, a, b, y);
    if (a.type() == b.type() && runtime::isHalf(a.type())) {
        const bool isHalf = runtime::isHalf(y.type());
        Tensor result = isHalf ? allocateOnDevice(DType::Float32, y.shape()) : y;
        binary(function, widened(onDevice(a)), widened(onDevice(b)), result);
        return isHalf ? cast(result, y) : void();
    }
    const auto operands = Strided<2>::of(y.shape(), {broadcastStrides(a.shape(), y.shape()),
                                                     broadcastStrides(b.shape(), y.shape())});
    if (a.type() == b.type() && broadcast(a.shape(), b.shape()) == y.shape() && operands) {
        runtime::requireResultOf(function, a, y);
        if (y.elementCount() == 0)
            return;
        const Tensor left = onDevice(a);
        const Tensor right = onDevice(b);
        DeviceOutput to(*this, y);
        if (gpu::binary(queue(), function, a.type(), left.bytes(), right.bytes(),
                        to.tensor().mutableBytes(), *operands))
            return to.finish();
    }
    onHost({&a, &b}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->binary(function, in[0], in[1], out);
    });
}

void GpuDevice::where(const Tensor& condition, const Tensor& a, const Tensor& b, Tensor& y) {
    if (allOnHost({&condition, &a, &b, &y}))
        return m_host->where(condition, a, b, y);
    const Shape& shape = y.shape();
    const bool fits = condition.type() == DType::Bool && a.type() == b.type() &&
                      a.type() == y.type() &&
                      broadcast(condition.shape(), broadcast(a.shape(), b.shape())) == shape;
    if (!fits)
        throw Error(ErrorCode::BadInput, "cannot choose between " + a.toString() + " and " +
                                             b.toString() + " by " + condition.toString());
    const auto operands = Strided<3>::of(
        shape, {broadcastStrides(condition.shape(), shape), broadcastStrides(a.shape(), shape),
                broadcastStrides(b.shape(), shape)});
    if (!operands)
        return onHost({&condition, &a, &b}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
            m_host->where(in[0], in[1], in[2], out);
        });
    if (y.elementCount() == 0)
        return;
    const Tensor choice = onDevice(condition);
    const Tensor left = onDevice(a);
    const Tensor right = onDevice(b);
    DeviceOutput to(*this, y);
    gpu::where(queue(), elementSize(y.type()), dataOf<uint8_t>(choice), left.bytes(), right.bytes(),
               to.tensor().mutableBytes(), *operands);
    to.finish();
}

void GpuDevice::cast(const Tensor& x, Tensor& y) {
    if (allOnHost({&x, &y}))
        return m_host->cast(x, y);
    if (x.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    DeviceOutput to(*this, y);
    if (gpu::cast(queue(), x.type(), from.bytes(), y.type(), to.tensor().mutableBytes(),
                  x.elementCount()))
        return to.finish();
    onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) { m_host->cast(in[0], out); });
}

}  // namespace clipscope::gpu
