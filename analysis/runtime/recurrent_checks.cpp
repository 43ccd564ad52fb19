// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/device_checks.h"
#include "analysis/runtime/recurrence.h"

namespace clipscope::runtime {
namespace {

Recurrence layerOf(CellKind kind, bool backward) {
    Recurrence form;
    form.kind = kind;
    form.times = 7;
    form.batches = 5;
    form.hidden = 31;
    form.backward = backward;
    form.lengths.assign(5, 7);
    if (backward)
        form.lengths = {7, 3, 0, 1, 6};
    form.cell.activations[0] = {kind == CellKind::Rnn ? ActivationKind::Tanh
                                                      : ActivationKind::Sigmoid};
    form.cell.activations[1] = form.cell.activations[2] = {ActivationKind::Tanh};
    return form;
}

Tensor run(const Recurrence& form, Device& device) {
    const auto random = [&](const Shape& shape, uint32_t seed) {
        return device.fromHost(normalValues(shape, seed));
    };
    const auto written = [&](uint32_t seed) {
        const Tensor values = random({form.batches, form.hidden}, seed);
        Tensor copy = device.allocate(DType::Float32, values.shape());
        device.unary(UnaryFunction::Identity, {}, values, copy);
        return copy;
    };
    // R as large as it is in models: the state stays as it is known, but for rounding.
    Tensor recurrent = device.allocate(DType::Float32, {form.rows(), form.hidden});
    device.binary(BinaryFunction::Mul, random(recurrent.shape(), 51),
                  device.fromHost(Tensor::scalar(0.2f)), recurrent);
    RecurrentTensors tensors;
    tensors.fromInputs = random({form.times * form.batches, form.rows()}, 50);
    tensors.recurrent = recurrent;
    if (form.cell.linear)
        tensors.candidateBias = random({form.hidden}, 52);
    if (form.kind == CellKind::Lstm)
        tensors.peepholes = random({3 * form.hidden}, 53);
    tensors.state = written(54);
    tensors.cell = written(55);
    tensors.y = device.allocate(DType::Float32, {form.times, 1, form.batches, form.hidden});
    NodeState state;
    device.recur(form, tensors, state);
    return device.toHost(tensors.y);
}

}  // namespace

std::vector<Check> recurrentChecks() {
    constexpr double kTolerance = 1e-5;  // after 7 steps of products, sigmoids and tanh
    std::vector<Check> checks;
    const auto add = [&](const char* name, const Recurrence& form) {
        checks.push_back({name, kTolerance, [form](Device& device) { return run(form, device); }});
    };
    add("RNN", layerOf(CellKind::Rnn, false));
    add("RNN backward, of sequences that end", layerOf(CellKind::Rnn, true));
    add("GRU", layerOf(CellKind::Gru, false));
    add("LSTM", layerOf(CellKind::Lstm, false));
    add("LSTM backward, of sequences that end", layerOf(CellKind::Lstm, true));
    Recurrence linear = layerOf(CellKind::Gru, true);
    linear.cell.linear = true;
    add("GRU linear before reset", linear);
    Recurrence coupled = layerOf(CellKind::Lstm, false);
    coupled.cell.coupled = true;
    coupled.cell.clip = 0.5f;
    add("LSTM clipped and coupled", coupled);
    return checks;
}

}  // namespace clipscope::runtime
