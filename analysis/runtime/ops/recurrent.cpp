// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/recurrent.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/recurrent_activation.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

/// What RNN, GRU and LSTM have in common, of one node and its operands (float32, on the host).
struct Recurrence {
    int64_t gates = 1;
    int64_t directions = 1;
    int64_t times = 0, batches = 0, inputs = 0, hidden = 0;
    bool batchFirst = false;
    bool reverse = false;
    float clip = 0;                ///< 0: none
    std::vector<int64_t> lengths;  ///< by batch
    std::vector<Activation> activations;
};

/// One direction's parameters and state, the state by batch and hidden unit.
struct Direction {
    size_t index = 0;
    bool backward = false;
    const float* recurrent = nullptr;  ///< R: gates * hidden x hidden
    const float* bias = nullptr;       ///< of R, may be null (that of W is in `fromInputs`)
    const float* peepholes = nullptr;  ///< LSTM's P, may be null
    const Activation* activations = nullptr;
    Tensor fromInputs;  ///< X W' + bias of W: times * batches x gates * hidden
    std::vector<float> state;
    std::vector<float> cell;  ///< LSTM
};

/// x with its first two axes exchanged.
Tensor swapped(Device& device, const Tensor& x) {
    std::vector<size_t> permutation{1, 0};
    Shape shape = x.shape();
    std::swap(shape[0], shape[1]);
    for (size_t axis = 2; axis < x.rank(); ++axis)
        permutation.push_back(axis);
    Tensor y = device.allocate(x.type(), shape);
    copyPermuted(device, device.fromHost(x), permutation, y);
    return device.toHost(y);
}

void requireShape(const char* what, const Tensor& tensor, const Shape& shape) {
    if (tensor.shape() != shape)
        throw Error(ErrorCode::BadInput, fmt::format("{} is {}, not {}", what,
                                                     tensor.shape().toString(), shape.toString()));
}

Recurrence recurrenceOf(const OpContext& context, int64_t gates,
                        const std::vector<std::string>& activations) {
    const Tensor& x = context.input(0);
    const Tensor& w = context.input(1);
    const Tensor& r = context.input(2);
    if (x.rank() != 3 || w.rank() != 3 || r.rank() != 3)
        throw Error(ErrorCode::BadInput, "the input, W and R need 3 axes");
    Recurrence made;
    made.gates = gates;
    made.directions = w.shape()[0];
    made.hidden = r.shape()[2];
    made.batchFirst = context.attributes().getInt("layout", 0) != 0;
    made.times = x.shape()[made.batchFirst ? 1 : 0];
    made.batches = x.shape()[made.batchFirst ? 0 : 1];
    made.inputs = x.shape()[2];
    made.clip = context.attributes().getFloat("clip", 0);
    const std::string direction = context.attributes().getString("direction", "forward");
    made.reverse = direction == "reverse";
    const bool both = direction == "bidirectional";
    if ((!both && !made.reverse && direction != "forward") || made.directions != (both ? 2 : 1))
        throw Error(ErrorCode::BadInput, fmt::format("the direction '{}' does not fit W {}",
                                                     direction, w.shape().toString()));
    const int64_t rows = gates * made.hidden;
    requireShape("W", w, {made.directions, rows, made.inputs});
    requireShape("R", r, {made.directions, rows, made.hidden});
    if (const Tensor* bias = context.optionalInput(3))
        requireShape("B", *bias, {made.directions, 2 * rows});
    made.lengths.assign(static_cast<size_t>(made.batches), made.times);
    if (context.hasInput(4))
        made.lengths = context.ints(4);
    if (std::ssize(made.lengths) != made.batches ||
        std::ranges::any_of(made.lengths, [&](int64_t n) { return n < 0 || n > made.times; }))
        throw Error(ErrorCode::BadInput, "the sequence lengths do not fit the input");
    made.activations =
        activationsOf(context.attributes(), activations, static_cast<size_t>(made.directions));
    return made;
}

/// y[b] += x[b] m' for `count` rows b of `inner` elements; m has `columns` rows.
void addProduct(const float* x, int64_t count, int64_t inner, const float* m, int64_t columns,
                float* y, int64_t stride) {
    for (int64_t b = 0; b < count; ++b)
        for (int64_t c = 0; c < columns; ++c) {
            float sum = 0;
            for (int64_t k = 0; k < inner; ++k)
                sum += x[b * inner + k] * m[c * inner + k];
            y[b * stride + c] += sum;
        }
}

/// The initial state of a direction, zeros where the model gives none.
std::vector<float> initialState(OpContext& context, const Recurrence& form, size_t input,
                                size_t direction) {
    const auto size = static_cast<size_t>(form.batches * form.hidden);
    std::vector<float> state(size, 0.0f);
    if (!context.hasInput(input))
        return state;
    const Tensor& given = context.input(input);
    const Tensor initial = form.batchFirst ? swapped(context.device(), given) : given;
    requireShape("the initial state", initial, {form.directions, form.batches, form.hidden});
    std::copy_n(initial.values<float>().begin() + static_cast<std::ptrdiff_t>(direction * size),
                size, state.begin());
    return state;
}

Direction directionOf(OpContext& context, const Recurrence& form, const Tensor& x, size_t index) {
    const int64_t rows = form.gates * form.hidden;
    const auto d = static_cast<int64_t>(index);
    Device& device = context.device();
    Direction made;
    made.index = index;
    made.backward = form.reverse || index == 1;
    made.recurrent = context.input(2).values<float>().data() + d * rows * form.hidden;
    made.activations = form.activations.data() +
                       index * form.activations.size() / static_cast<size_t>(form.directions);
    Tensor bias;
    if (const Tensor* both = context.optionalInput(3)) {
        const auto own = both->values<float>().subspan(static_cast<size_t>(d * 2 * rows),
                                                       static_cast<size_t>(2 * rows));
        bias = device.fromHost(Tensor::of<float>({rows}, own.first(static_cast<size_t>(rows))));
        made.bias = own.data() + rows;
    }
    if (const Tensor* peepholes = context.optionalInput(7)) {
        requireShape("P", *peepholes, {form.directions, 3 * form.hidden});
        made.peepholes = peepholes->values<float>().data() + d * 3 * form.hidden;
    }
    const Tensor weights =
        device.fromHost(context.input(1).rows(d, d + 1).reshaped({rows, form.inputs}));
    Tensor product = device.allocate(DType::Float32, {form.times * form.batches, rows});
    NodeState state;
    device.matmul({.transposeB = true},
                  device.fromHost(x.reshaped({form.times * form.batches, form.inputs})), weights,
                  bias.isDefined() ? &bias : nullptr, product, state);
    made.fromInputs = device.toHost(product);
    made.state = initialState(context, form, 5, index);
    return made;
}

/// A step: `gates` (batches x gates * hidden) holds what comes from the inputs; changes the state
/// of the batches that are still running at that time.
using Step = void (*)(const OpContext&, const Recurrence&, Direction&, std::vector<float>& gates,
                      int64_t time);

bool isRunning(const Recurrence& form, int64_t batch, int64_t time) {
    return time < form.lengths[static_cast<size_t>(batch)];
}

float clipped(const Recurrence& form, float x) {
    return form.clip > 0 ? std::clamp(x, -form.clip, form.clip) : x;
}

void addRecurrent(const Recurrence& form, const Direction& own, int64_t firstGate, int64_t count,
                  const std::vector<float>& state, std::vector<float>& gates) {
    const int64_t stride = form.gates * form.hidden;
    const int64_t first = firstGate * form.hidden;
    addProduct(state.data(), form.batches, form.hidden, own.recurrent + first * form.hidden,
               count * form.hidden, gates.data() + first, stride);
    for (int64_t b = 0; own.bias && b < form.batches; ++b)
        for (int64_t c = first; c < first + count * form.hidden; ++c)
            gates[static_cast<size_t>(b * stride + c)] += own.bias[c];
}

void stepRnn(const OpContext&, const Recurrence& form, Direction& own, std::vector<float>& gates,
             int64_t time) {
    addRecurrent(form, own, 0, 1, own.state, gates);
    for (size_t i = 0; i < own.state.size(); ++i)
        if (isRunning(form, static_cast<int64_t>(i) / form.hidden, time))
            own.state[i] = own.activations[0](clipped(form, gates[i]));
}

/// Gates z, r, h.
void stepGru(const OpContext& context, const Recurrence& form, Direction& own,
             std::vector<float>& gates, int64_t time) {
    const bool linear = context.attributes().getInt("linear_before_reset", 0) != 0;
    const auto hidden = static_cast<size_t>(form.hidden);
    addRecurrent(form, own, 0, 2, own.state, gates);
    const Activation& f = own.activations[0];
    std::vector<float> reset(own.state.size());
    std::vector<float> candidates(gates.size(), 0.0f);  // the third gate's recurrent part
    for (size_t i = 0; i < reset.size(); ++i)
        reset[i] = f(clipped(form, gates[i / hidden * 3 * hidden + hidden + i % hidden]));
    std::vector<float> read = own.state;
    for (size_t i = 0; i < read.size() && !linear; ++i)
        read[i] *= reset[i];
    addRecurrent(form, own, 2, 1, read, candidates);
    for (size_t i = 0; i < reset.size(); ++i) {
        if (!isRunning(form, static_cast<int64_t>(i / hidden), time))
            continue;
        const size_t row = i / hidden * 3 * hidden + i % hidden;
        const float update = f(clipped(form, gates[row]));
        const float recurrent = candidates[row + 2 * hidden] * (linear ? reset[i] : 1);
        const float candidate =
            own.activations[1](clipped(form, gates[row + 2 * hidden] + recurrent));
        own.state[i] = (1 - update) * candidate + update * own.state[i];
    }
}

/// Gates i, o, f, c; peepholes i, o, f.
void stepLstm(const OpContext& context, const Recurrence& form, Direction& own,
              std::vector<float>& gates, int64_t time) {
    const bool coupled = context.attributes().getInt("input_forget", 0) != 0;
    const auto hidden = static_cast<size_t>(form.hidden);
    addRecurrent(form, own, 0, 4, own.state, gates);
    const auto* act = own.activations;
    for (size_t i = 0; i < own.state.size(); ++i) {
        if (!isRunning(form, static_cast<int64_t>(i / hidden), time))
            continue;
        const size_t unit = i % hidden;
        const float* gate = gates.data() + i / hidden * 4 * hidden + unit;
        const auto peephole = [&](size_t k, float cell) {
            return own.peepholes ? own.peepholes[k * hidden + unit] * cell : 0;
        };
        const float before = own.cell[i];
        const float input = act[0](clipped(form, gate[0] + peephole(0, before)));
        const float forget =
            coupled ? 1 - input : act[0](clipped(form, gate[2 * hidden] + peephole(2, before)));
        const float candidate = act[1](clipped(form, gate[3 * hidden]));
        own.cell[i] = forget * before + input * candidate;
        const float output = act[0](clipped(form, gate[hidden] + peephole(1, own.cell[i])));
        own.state[i] = output * act[2](own.cell[i]);
    }
}

/// Runs a direction over all times into y (times x directions x batches x hidden). A backward one
/// starts at the last element of each batch's own sequence.
void runDirection(const OpContext& context, const Recurrence& form, Direction& own, Step step,
                  std::span<float> y) {
    const auto rows = static_cast<size_t>(form.gates * form.hidden);
    const auto hidden = static_cast<size_t>(form.hidden);
    const auto batches = static_cast<size_t>(form.batches);
    std::vector<float> gates(batches * rows);
    const auto source = own.fromInputs.values<float>();
    for (int64_t time = 0; time < form.times; ++time) {
        std::vector<size_t> at(batches);
        for (size_t b = 0; b < batches; ++b) {
            at[b] = static_cast<size_t>(
                own.backward && time < form.lengths[b] ? form.lengths[b] - 1 - time : time);
            std::copy_n(source.begin() + static_cast<std::ptrdiff_t>((at[b] * batches + b) * rows),
                        rows, gates.begin() + static_cast<std::ptrdiff_t>(b * rows));
        }
        step(context, form, own, gates, time);
        for (size_t b = 0; b < batches; ++b) {
            const size_t row =
                (at[b] * static_cast<size_t>(form.directions) + own.index) * batches + b;
            for (size_t i = 0; i < hidden; ++i)
                y[row * hidden + i] = time < form.lengths[b] ? own.state[b * hidden + i] : 0.0f;
        }
    }
}

void setState(OpContext& context, const Recurrence& form, size_t output,
              const std::vector<float>& states) {
    if (!context.hasOutput(output))
        return;
    const Tensor all = Tensor::of<float>({form.directions, form.batches, form.hidden},
                                         std::span<const float>(states));
    context.setOutput(
        output, context.device().fromHost(form.batchFirst ? swapped(context.device(), all) : all));
}

void runRecurrent(OpContext& context, int64_t gates, Step step,
                  const std::vector<std::string>& activations) {
    const Recurrence form = recurrenceOf(context, gates, activations);
    const Tensor x =
        form.batchFirst ? swapped(context.device(), context.input(0)) : context.input(0);
    Tensor y(DType::Float32, {form.times, form.directions, form.batches, form.hidden});
    std::vector<float> states, cells;
    for (size_t d = 0; d < static_cast<size_t>(form.directions); ++d) {
        Direction own = directionOf(context, form, x, d);
        own.cell = initialState(context, form, 6, d);
        runDirection(context, form, own, step, y.mutableValues<float>());
        states.insert(states.end(), own.state.begin(), own.state.end());
        cells.insert(cells.end(), own.cell.begin(), own.cell.end());
    }
    if (context.hasOutput(0) && form.batchFirst) {
        Tensor moved = context.device().allocate(
            y.type(), {form.batches, form.times, form.directions, form.hidden});
        copyPermuted(context.device(), context.device().fromHost(y), {2, 0, 1, 3}, moved);
        context.setOutput(0, moved);
    } else if (context.hasOutput(0)) {
        context.setOutput(0, context.device().fromHost(y));
    }
    setState(context, form, 1, states);
    setState(context, form, 2, cells);
}

}  // namespace

void runRnn(OpContext& context) {
    runRecurrent(context, 1, stepRnn, {"Tanh"});
}

void runGru(OpContext& context) {
    runRecurrent(context, 3, stepGru, {"Sigmoid", "Tanh"});
}

void runLstm(OpContext& context) {
    runRecurrent(context, 4, stepLstm, {"Sigmoid", "Tanh", "Tanh"});
}

}  // namespace clipscope::runtime
