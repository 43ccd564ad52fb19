// SPDX-License-Identifier: Apache-2.0
#include "gpu/gpu_device.h"

namespace clipscope::gpu {

void GpuDevice::copyStrided(const Shape& extents, const Tensor& x,
                            const runtime::StridedView& fromView, Tensor& y,
                            const runtime::StridedView& toView) {
    onHost({&x, &y}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        if (!y.isHost())
            out = in[1];  // what is not written stays
        m_host->copyStrided(extents, in[0], fromView, out, toView);
    });
}

void GpuDevice::fill(const Tensor& value, Tensor& y) {
    onHost({&value}, y,
           [&](const std::vector<Tensor>& in, Tensor& out) { m_host->fill(in[0], out); });
}

void GpuDevice::gather(const Tensor& x, size_t axis, std::span<const int64_t> indices, Tensor& y) {
    onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->gather(in[0], axis, indices, out);
    });
}

}  // namespace clipscope::gpu
