// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/movement.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "analysis/base/error.h"
#include "gpu/gpu_device.h"

namespace clipscope::gpu {
namespace {

/// The axes in the order in which neighbours in the target are close: their order is free, as no
/// element is written twice.
std::optional<Strided<2>> orderedViews(const Shape& extents, const runtime::StridedView& from,
                                       const runtime::StridedView& to) {
    std::vector<size_t> axes(extents.rank());
    std::iota(axes.begin(), axes.end(), size_t{0});
    std::ranges::stable_sort(axes, [&](size_t a, size_t b) {
        return std::abs(to.strides[a]) > std::abs(to.strides[b]);
    });
    std::vector<int64_t> shape, fromSteps, toSteps;
    for (const size_t axis : axes) {
        shape.push_back(extents[axis]);
        fromSteps.push_back(from.strides[axis]);
        toSteps.push_back(to.strides[axis]);
    }
    return Strided<2>::of(Shape(std::move(shape)), {fromSteps, toSteps});
}

}  // namespace

void GpuDevice::copyStrided(const Shape& extents, const Tensor& x,
                            const runtime::StridedView& fromView, Tensor& y,
                            const runtime::StridedView& toView) {
    if (allOnHost({&x, &y}))
        return m_host->copyStrided(extents, x, fromView, y, toView);
    if (x.type() != y.type() || fromView.strides.size() != extents.rank() ||
        toView.strides.size() != extents.rank())
        throw Error(ErrorCode::Internal, "cannot copy " + x.toString() + " into " + y.toString() +
                                             " over " + extents.toString());
    if (extents.elementCount() == 0)
        return;
    const auto views = orderedViews(extents, fromView, toView);
    if (y.isHost() || !views)
        return onHost({&x, &y}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
            if (!y.isHost()) {  // what is not written stays
                const Tensor& old = in[1];
                std::memcpy(out.mutableBytes(), old.bytes(), old.byteSize());
            }
            m_host->copyStrided(extents, in[0], fromView, out, toView);
        });
    Pool::forgetOriginal(y);
    const Tensor from = onDevice(x);
    const auto size = static_cast<int64_t>(elementSize(x.type()));
    copy(queue(), static_cast<size_t>(size), from.bytes() + fromView.offset * size,
         y.mutableBytes() + toView.offset * size, *views);
}

void GpuDevice::fill(const Tensor& value, Tensor& y) {
    if (allOnHost({&value, &y}))
        return m_host->fill(value, y);
    const Tensor element = toHost(value);
    if (y.isHost())
        return m_host->fill(element, y);
    if (element.type() != y.type() || element.elementCount() != 1)
        throw Error(ErrorCode::Internal,
                    "cannot fill " + y.toString() + " with " + value.toString());
    Pool::forgetOriginal(y);
    if (y.elementCount() > 0)
        gpu::fill(queue(), elementSize(y.type()), element.bytes(), y.mutableBytes(),
                  y.elementCount());
}

void GpuDevice::gather(const Tensor& x, size_t axis, std::span<const int64_t> indices, Tensor& y) {
    if (allOnHost({&x, &y}))
        return m_host->gather(x, axis, indices, y);
    if (y.elementCount() == 0)
        return;
    const Tensor from = onDevice(x);
    const auto chosen = static_cast<int64_t>(indices.size());
    Tensor where = allocateOnDevice(DType::Int64, {chosen});
    copyUp(Tensor::of<int64_t>({chosen}, indices), where);
    DeviceOutput to(*this, y);
    gpu::gather(queue(), elementSize(x.type()), from.bytes(), dataOf<int64_t>(where),
                to.tensor().mutableBytes(), x.shape().elementCount(0, axis), x.shape()[axis],
                chosen, x.shape().elementCount(axis + 1, x.rank()));
    to.finish();
}

}  // namespace clipscope::gpu
