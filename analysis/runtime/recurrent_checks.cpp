// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/device_checks.h"
#include "analysis/runtime/recurrence.h"

namespace clipscope::runtime {
namespace {

constexpr double kTolerance = 1e-5;  // after 7 steps of products, sigmoids and tanh
constexpr double kOneCode = 1e-2;    // an element of a state may become either of two codes

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

/// What is left of a layer: y, then the states and the cells of each direction.
Tensor joined(Device& device, const std::vector<Tensor>& parts) {
    std::vector<float> all;
    for (const Tensor& part : parts) {
        const Tensor values = device.toHost(part);
        all.insert(all.end(), values.values<float>().begin(), values.values<float>().end());
    }
    return Tensor::of<float>({std::ssize(all)}, all);
}

/// Of two directions the second one is the other way round.
Tensor run(const Recurrence& layer, Device& device) {
    const auto random = [&](const Shape& shape, uint32_t seed) {
        return device.fromHost(normalValues(shape, seed));
    };
    const auto written = [&](uint32_t seed) {
        const Tensor values = random({layer.batches, layer.hidden}, seed);
        Tensor copy = device.allocate(DType::Float32, values.shape());
        device.unary(UnaryFunction::Identity, {}, values, copy);
        return copy;
    };
    // R as large as it is in models: the state stays as it is known, but for rounding.
    Tensor recurrent = device.allocate(DType::Float32, {layer.rows(), layer.hidden});
    device.binary(BinaryFunction::Mul, random(recurrent.shape(), 51),
                  device.fromHost(Tensor::scalar(0.2f)), recurrent);
    RecurrentTensors tensors;
    tensors.fromInputs = random({layer.times * layer.batches, layer.rows()}, 50);
    tensors.recurrent = recurrent;
    if (layer.cell.linear)
        tensors.candidateBias = random({layer.hidden}, 52);
    if (layer.kind == CellKind::Lstm)
        tensors.peepholes = random({3 * layer.hidden}, 53);
    tensors.y = device.allocate(DType::Float32,
                                {layer.times, layer.directions, layer.batches, layer.hidden});
    std::vector<Tensor> left{tensors.y};
    for (int64_t direction = 0; direction < layer.directions; ++direction) {
        Recurrence form = layer;
        form.direction = direction;
        form.backward = layer.backward != (direction == 1);
        tensors.state = written(54);
        tensors.cell = written(55);
        NodeState state;
        device.recur(form, tensors, state);
        left.insert(left.end(), {tensors.state, tensors.cell});
    }
    return joined(device, left);
}

Recurrence bothDirections(CellKind kind) {
    Recurrence form = layerOf(kind, true);
    form.directions = 2;
    return form;
}

/// The state is rounded to 8 bits before each product.
Recurrence roundedLayer(int64_t times) {
    Recurrence form = layerOf(CellKind::Lstm, false);
    form.quantizesState = true;
    form.times = times;
    form.lengths.assign(5, times);
    return form;
}

}  // namespace

std::vector<Check> recurrentChecks() {
    std::vector<Check> checks;
    const auto add = [&](const char* name, const Recurrence& form, double tolerance = kTolerance) {
        checks.push_back({name, tolerance, [form](Device& device) { return run(form, device); }});
    };
    add("RNN", layerOf(CellKind::Rnn, false));
    add("RNN backward, of sequences that end", layerOf(CellKind::Rnn, true));
    add("GRU", layerOf(CellKind::Gru, false));
    add("GRU backward, of sequences that end", layerOf(CellKind::Gru, true));
    add("LSTM", layerOf(CellKind::Lstm, false));
    add("LSTM backward, of sequences that end", layerOf(CellKind::Lstm, true));
    Recurrence linear = layerOf(CellKind::Gru, true);
    linear.cell.linear = true;
    add("GRU linear before reset", linear);
    Recurrence coupled = layerOf(CellKind::Lstm, false);
    coupled.cell.coupled = true;
    coupled.cell.clip = 0.5f;
    add("LSTM clipped and coupled", coupled);
    add("RNN of both directions", bothDirections(CellKind::Rnn));
    add("GRU of both directions", bothDirections(CellKind::Gru));
    add("LSTM of both directions", bothDirections(CellKind::Lstm));
    add("DynamicQuantizeLSTM, a step", roundedLayer(1));  // from a state that is the same
    add("DynamicQuantizeLSTM", roundedLayer(7), kOneCode);
    return checks;
}

}  // namespace clipscope::runtime
