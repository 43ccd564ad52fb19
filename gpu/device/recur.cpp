// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch/recur.h"

#include <algorithm>

#include "analysis/base/error.h"
#include "analysis/runtime/recurrence.h"
#include "analysis/runtime/rounding.h"
#include "gpu/gpu_device.h"

namespace clipscope::gpu {
namespace {

using runtime::CellKind;
using runtime::Recurrence;

/// product (batches x count * hidden) = states R' of the gates [first, first + count).
void multiplyStates(Backend& backend, const Recurrence& form, const float* recurrent, int64_t first,
                    int64_t count, const Tensor& states, float* product) {
    Gemm gemm;  // of the transposes, as BLAS has columns
    gemm.transposeA = true;
    gemm.m = count * form.hidden;
    gemm.n = form.batches;
    gemm.k = form.hidden;
    gemm.a = recurrent + first * form.hidden * form.hidden;
    gemm.b = dataOf<float>(states);
    gemm.c = product;
    gemm.lda = gemm.ldb = form.hidden;
    gemm.ldc = gemm.m;
    backend.multiply(gemm);
}

RecurrentStep stepOf(const Recurrence& form) {
    RecurrentStep step{};
    step.times = form.times;
    step.batches = form.batches;
    step.hidden = form.hidden;
    step.directions = form.directions;
    step.direction = form.direction;
    step.backward = form.backward;
    step.form = form.cell;
    return step;
}

}  // namespace

void GpuDevice::recur(const Recurrence& form, runtime::RecurrentTensors& tensors,
                      runtime::NodeState&) {
    if (tensors.state.isHost() || tensors.cell.isHost() || tensors.y.isHost())
        throw Error(ErrorCode::Internal, "the state of a recurrent layer is not on the device");
    for (const Tensor* tensor :
         {&tensors.fromInputs, &tensors.recurrent, &tensors.candidateBias, &tensors.peepholes})
        if (tensor->isDefined() && tensor->type() != DType::Float32)
            throw Error(ErrorCode::Internal,
                        "a recurrent layer of " + tensor->toString() + " is not computed");
    if (form.times * form.batches * form.hidden == 0)
        return;
    for (const Tensor* written : {&tensors.state, &tensors.cell, &tensors.y})
        Pool::forgetOriginal(*written);
    const auto data = [](const Tensor& tensor) {
        return tensor.isDefined() ? dataOf<float>(tensor) : nullptr;
    };
    const auto there = [this](const Tensor& tensor) {
        return tensor.isDefined() ? onDevice(tensor) : tensor;
    };
    const Tensor fromInputs = onDevice(tensors.fromInputs);
    const Tensor recurrent = onDevice(tensors.recurrent);
    const Tensor bias = there(tensors.candidateBias);
    const Tensor peepholes = there(tensors.peepholes);
    Tensor lengths;
    if (std::ranges::any_of(form.lengths, [&](int64_t n) { return n != form.times; }))
        lengths = onDevice(Tensor::of<int64_t>({form.batches}, form.lengths));
    Tensor product = allocateOnDevice(DType::Float32, {form.batches, form.rows()});
    // A GRU that is not linear multiplies its last gate with another state.
    const bool inParts = form.kind == CellKind::Gru && !form.cell.linear;
    const int64_t gates = runtime::gatesOf(form.kind) - (inParts ? 1 : 0);
    Tensor read = inParts ? allocateOnDevice(DType::Float32, tensors.state.shape()) : Tensor();

    RecurrentStep step = stepOf(form);
    step.fromInputs = dataOf<float>(fromInputs);
    step.product = dataOf<float>(product);
    step.productRows = gates * form.hidden;
    step.candidate = step.product + (inParts ? form.batches * step.productRows : 2 * form.hidden);
    step.candidateRows = inParts ? form.hidden : step.productRows;
    step.candidateBias = data(bias);
    step.peepholes = data(peepholes);
    step.lengths = lengths.isDefined() ? dataOf<int64_t>(lengths) : nullptr;
    step.state = dataOf<float>(tensors.state);
    step.cell = dataOf<float>(tensors.cell);
    step.read = inParts ? dataOf<float>(read) : nullptr;
    step.y = dataOf<float>(tensors.y);

    const auto multiply = [&](int64_t first, int64_t count, const Tensor& states, float* to) {
        multiplyStates(*m_backend, form, dataOf<float>(recurrent), first, count,
                       form.quantizesState ? roundedTo8Bits(*this, states) : states, to);
    };
    for (step.time = 0; step.time < form.times; ++step.time) {
        multiply(0, gates, tensors.state, dataOf<float>(product));
        if (inParts) {
            resetStates(queue(), step);
            multiply(2, 1, read, dataOf<float>(product) + form.batches * step.productRows);
        }
        stepCells(queue(), form.kind, step);
    }
}

}  // namespace clipscope::gpu
