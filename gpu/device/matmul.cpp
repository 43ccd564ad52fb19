// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/error.h"
#include "analysis/runtime/strided_view.h"
#include "gpu/device/matrices.h"
#include "gpu/device/node_state.h"
#include "gpu/gpu_device.h"

namespace clipscope::gpu {
namespace {

using runtime::MatmulParameters;

/// Row-major y = op(a) op(b) is, to BLAS, the column-major product of the transposes: b's side
/// comes first.
Gemm gemmOf(const MatmulParameters& parameters, const Shape& a, const Shape& b, const Shape& y) {
    Gemm gemm;
    gemm.transposeA = parameters.transposeB;
    gemm.transposeB = parameters.transposeA;
    gemm.m = y[y.rank() - 1];
    gemm.n = y[y.rank() - 2];
    gemm.k = a[a.rank() - (parameters.transposeA ? 2 : 1)];
    gemm.lda = b[b.rank() - 1];
    gemm.ldb = a[a.rank() - 1];
    gemm.ldc = gemm.m;
    gemm.alpha = parameters.alpha;
    return gemm;
}

}  // namespace

void GpuDevice::matmul(const MatmulParameters& parameters, const Tensor& a, const Tensor& b,
                       const Tensor* bias, Tensor& y, runtime::NodeState& state) {
    if (a.type() != DType::Float32 || b.type() != DType::Float32 ||
        (bias && bias->type() != DType::Float32))
        return onHost({&a, &b, bias}, y, [&](const std::vector<Tensor>& in, Tensor& out) {
            m_host->matmul(parameters, in[0], in[1], bias ? &in[2] : nullptr, out,
                           stateOf(state).host);
        });
    if (y.elementCount() == 0)
        return;
    DeviceOutput to(*this, y);
    Tensor& out = to.tensor();
    Gemm gemm = gemmOf(parameters, a.shape(), b.shape(), y.shape());
    if (bias) {  // the product is added to what y holds
        copyStrided(y.shape(), *bias, {0, runtime::broadcastStrides(bias->shape(), y.shape())}, out,
                    runtime::wholeView(y.shape()));
        gemm.beta = parameters.beta;
    }
    if (gemm.k == 0) {
        const Tensor zero = Tensor::scalar(0.0f);
        if (!bias)
            fill(zero, out);
        else if (parameters.beta != 1)
            binary(runtime::BinaryFunction::Mul, Tensor(out),
                   onDevice(Tensor::scalar(parameters.beta)), out);
        return to.finish();
    }
    const Tensor left = onDevice(a);
    const Tensor right = onDevice(b);
    gemm.a = dataOf<float>(right);
    gemm.b = dataOf<float>(left);
    gemm.c = dataOf<float>(out);
    if (isTall(parameters, a.shape(), b.shape())) {
        gemm.n = y.elementCount() / gemm.m;
        m_backend->multiply(gemm);
        return to.finish();
    }
    forEachRunOfMatrices(a.shape(), b.shape(), y.shape(), [&](const MatrixRun& run) {
        Gemm part = gemm;
        part.a += run.b;
        part.b += run.a;
        part.c += run.y;
        part.strideA = run.stepB;
        part.strideB = run.stepA;
        part.strideC = run.stepY;
        part.batch = run.count;
        m_backend->multiply(part);
    });
    to.finish();
}

}  // namespace clipscope::gpu
