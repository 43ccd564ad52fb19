// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/order.h"

#include <limits>

#include "gpu/gpu_device.h"

namespace clipscope::gpu {

void GpuDevice::cumulate(size_t axis, bool exclusive, bool reverse, const Tensor& x, Tensor& y) {
    if (allOnHost({&x, &y}))
        return m_host->cumulate(axis, exclusive, reverse, x, y);
    if (x.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    DeviceOutput to(*this, y);
    const int64_t length = x.shape()[axis];
    if (gpu::cumulate(queue(), x.type(), from.bytes(), to.tensor().mutableBytes(),
                      x.elementCount() / length, length, x.shape().elementCount(axis + 1, x.rank()),
                      exclusive, reverse))
        return to.finish();
    onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->cumulate(axis, exclusive, reverse, in[0], out);
    });
}

bool GpuDevice::selectTopOnDevice(size_t axis, bool largest, const Tensor& x, Tensor& values,
                                  Tensor& indices) {
    const int64_t length = x.shape()[axis];
    if (length > std::numeric_limits<int32_t>::max() / 2)
        return false;
    const int64_t lines = x.elementCount() / length;
    Tensor order = allocateOnDevice(DType::Int32, {lines, paddedLength(length)});
    const Tensor from = onDevice(x);
    DeviceOutput best(*this, values);
    DeviceOutput where(*this, indices);
    if (!gpu::selectTop(queue(), x.type(), largest, from.bytes(), lines, length,
                        x.shape().elementCount(axis + 1, x.rank()), values.shape()[axis],
                        dataOf<int32_t>(order), best.tensor().mutableBytes(),
                        dataOf<int64_t>(where.tensor())))
        return false;
    best.finish();
    where.finish();
    return true;
}

void GpuDevice::selectTop(size_t axis, bool largest, const Tensor& x, Tensor& values,
                          Tensor& indices) {
    if (allOnHost({&x, &values, &indices}))
        return m_host->selectTop(axis, largest, x, values, indices);
    if (values.elementCount() == 0 || selectTopOnDevice(axis, largest, x, values, indices))
        return;
    onHost({&x}, values, [&](const std::vector<Tensor>& in, Tensor& out) {
        Tensor positions = indices.isHost() ? indices : Tensor(indices.type(), indices.shape());
        m_host->selectTop(axis, largest, in[0], out, positions);
        if (!indices.isHost()) {
            Pool::forgetOriginal(indices);
            copyUp(positions, indices);
        }
    });
}

}  // namespace clipscope::gpu
