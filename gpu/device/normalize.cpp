// SPDX-License-Identifier: Apache-2.0
#include "gpu/gpu_device.h"

namespace clipscope::gpu {

void GpuDevice::scaleShift(const Tensor& x, const Tensor& scale, const Tensor& shift, Tensor& y) {
    onHost({&x, &scale, &shift}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->scaleShift(in[0], in[1], in[2], out);
    });
}

void GpuDevice::layerNormalize(const Tensor& x, size_t axis, float epsilon, bool rms,
                               const Tensor* scale, const Tensor* bias, Tensor& y) {
    onHost({&x, scale, bias}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->layerNormalize(in[0], axis, epsilon, rms, scale ? &in[1] : nullptr,
                               bias ? &in[2] : nullptr, out);
    });
}

void GpuDevice::softmax(const Tensor& x, size_t axis, bool log, Tensor& y) {
    onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->softmax(in[0], axis, log, out);
    });
}

}  // namespace clipscope::gpu
