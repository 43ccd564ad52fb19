// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/reduce.h"

#include <algorithm>

#include "gpu/gpu_device.h"

namespace clipscope::gpu {
namespace {

struct Views {
    std::optional<Strided<1>> kept;
    std::optional<Strided<1>> reduced;
    bool keepsNeighbours = false;
};

Views viewsOf(const Shape& x, std::span<const size_t> axes) {
    std::vector<int64_t> extents[2], strides[2];  // of kept and of reduced axes
    const std::vector<int64_t> dense = x.strides();
    Views views;
    for (size_t axis = 0; axis < x.rank(); ++axis) {
        const bool isReduced = std::ranges::find(axes, axis) != axes.end();
        extents[isReduced].push_back(x[axis]);
        strides[isReduced].push_back(dense[axis]);
        if (x[axis] != 1)
            views.keepsNeighbours = !isReduced;
    }
    views.kept = Strided<1>::of(Shape(extents[0]), {strides[0]});
    views.reduced = Strided<1>::of(Shape(extents[1]), {strides[1]});
    return views;
}

}  // namespace

/// The largest element m of each output, then m + log(sum(exp(x - m))): nothing overflows. Where m
/// is infinite nothing is subtracted.
void GpuDevice::reduceLogSumExp(std::span<const size_t> axes, const Tensor& x, Tensor& y) {
    using runtime::BinaryFunction;
    using runtime::UnaryFunction;
    Shape kept = x.shape();
    for (const size_t axis : axes)
        kept[axis] = 1;
    Tensor largest = allocateOnDevice(x.type(), kept);
    reduce(runtime::ReduceKind::Max, axes, x, largest);
    Tensor isInfinite = allocateOnDevice(DType::Bool, kept);
    unary(UnaryFunction::IsInf, {1, 1}, largest, isInfinite);
    Tensor shift = allocateOnDevice(x.type(), kept);
    where(isInfinite, onDevice(Tensor::scalar(0.0f)), largest, shift);
    Tensor lower = allocateOnDevice(x.type(), x.shape());
    binary(BinaryFunction::Sub, x, shift, lower);
    unary(UnaryFunction::Exp, {}, Tensor(lower), lower);
    DeviceOutput to(*this, y);
    Tensor result = to.tensor().reshaped(kept);
    reduce(runtime::ReduceKind::LogSum, axes, lower, result);
    binary(BinaryFunction::Add, Tensor(result), shift, result);
    to.finish();
}

void GpuDevice::reduce(runtime::ReduceKind kind, std::span<const size_t> axes, const Tensor& x,
                       Tensor& y) {
    if (allOnHost({&x, &y}))
        return m_host->reduce(kind, axes, x, y);
    if (kind == runtime::ReduceKind::LogSumExp && x.type() == DType::Float32 &&
        x.elementCount() > 0)
        return reduceLogSumExp(axes, x, y);
    const Views views = viewsOf(x.shape(), axes);
    const bool isPossible =
        x.type() == DType::Float32 && views.kept && views.reduced && x.elementCount() > 0;
    if (isPossible) {
        const ReduceViews both{*views.kept, *views.reduced};
        ReduceWork work = planReduction(queue(), both, views.keepsNeighbours);
        Tensor partial;
        if (work.parts > 1) {
            partial = allocateOnDevice(DType::Float64, {both.kept.count, work.parts});
            work.partial = dataOf<double>(partial);
        }
        const Tensor from = onDevice(x);
        DeviceOutput to(*this, y);
        if (gpu::reduce(queue(), kind, dataOf<float>(from), dataOf<float>(to.tensor()), both, work))
            return to.finish();
    }
    onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->reduce(kind, axes, in[0], out);
    });
}

void GpuDevice::argExtreme(bool largest, bool last, size_t axis, const Tensor& x, Tensor& y) {
    if (allOnHost({&x, &y}))
        return m_host->argExtreme(largest, last, axis, x, y);
    if (y.elementCount() == 0)
        return;
    if (x.type() != DType::Float32)
        return onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
            m_host->argExtreme(largest, last, axis, in[0], out);
        });
    const Tensor from = onDevice(x);
    DeviceOutput to(*this, y);
    gpu::argExtreme(queue(),
                    {dataOf<float>(from), dataOf<int64_t>(to.tensor()), y.elementCount(),
                     x.shape()[axis], x.shape().elementCount(axis + 1, x.rank()), largest, last});
    to.finish();
}

}  // namespace clipscope::gpu
