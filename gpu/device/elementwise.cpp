// SPDX-License-Identifier: Apache-2.0
#include "gpu/gpu_device.h"

namespace clipscope::gpu {

using runtime::BinaryFunction;
using runtime::UnaryFunction;
using runtime::UnaryParameters;

void GpuDevice::unary(UnaryFunction function, const UnaryParameters& parameters, const Tensor& x,
                      Tensor& y) {
    onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->unary(function, parameters, in[0], out);
    });
}

void GpuDevice::binary(BinaryFunction function, const Tensor& a, const Tensor& b, Tensor& y) {
    onHost({&a, &b}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->binary(function, in[0], in[1], out);
    });
}

void GpuDevice::where(const Tensor& condition, const Tensor& a, const Tensor& b, Tensor& y) {
    onHost({&condition, &a, &b}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
        m_host->where(in[0], in[1], in[2], out);
    });
}

void GpuDevice::cast(const Tensor& x, Tensor& y) {
    onHost({&x}, y, [&](const std::vector<Tensor>& in, Tensor& out) { m_host->cast(in[0], out); });
}

}  // namespace clipscope::gpu
