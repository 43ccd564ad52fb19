// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/recurrent.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/apply.h"
#include "analysis/runtime/ops/kept_state.h"
#include "analysis/runtime/ops/quantize.h"
#include "analysis/runtime/ops/recurrent_activation.h"
#include "analysis/runtime/recurrence.h"
#include "analysis/runtime/rounding.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

/// What a node is, but for its directions.
struct Layer {
    Recurrence form;  ///< of the first direction
    bool batchFirst = false;
    bool reverse = false;
    std::vector<Activation> activations;  ///< of every direction
    std::vector<std::string> defaults;

    size_t perDirection() const { return defaults.size(); }
};

/// What a node keeps of each direction.
struct KeptDirections {
    std::vector<NodeState> inputProducts;
    std::vector<NodeState> recurrences;
};

void requireShape(const char* what, const Tensor& tensor, const Shape& shape) {
    if (tensor.shape() != shape)
        throw Error(ErrorCode::BadInput, fmt::format("{} is {}, not {}", what,
                                                     tensor.shape().toString(), shape.toString()));
}

/// x with its first two axes exchanged.
Tensor swapped(Device& device, const Tensor& x) {
    std::vector<size_t> permutation{1, 0};
    Shape shape = x.shape();
    std::swap(shape[0], shape[1]);
    for (size_t axis = 2; axis < x.rank(); ++axis)
        permutation.push_back(axis);
    Tensor y = device.allocate(x.type(), shape);
    copyPermuted(device, x, permutation, y);
    return y;
}

void setDirections(const OpContext& context, Layer& layer) {
    const Tensor& w = context.input(1);
    const std::string direction = context.attributes().getString("direction", "forward");
    layer.reverse = direction == "reverse";
    const bool both = direction == "bidirectional";
    layer.form.directions = w.shape()[0];
    if ((!both && !layer.reverse && direction != "forward") ||
        layer.form.directions != (both ? 2 : 1))
        throw Error(ErrorCode::BadInput, fmt::format("the direction '{}' does not fit W {}",
                                                     direction, w.shape().toString()));
    layer.activations = activationsOf(context.attributes(), layer.defaults,
                                      static_cast<size_t>(layer.form.directions));
}

void setLengths(const OpContext& context, Recurrence& form) {
    form.lengths.assign(static_cast<size_t>(form.batches), form.times);
    if (context.hasInput(4))
        form.lengths = context.ints(4);
    if (std::ssize(form.lengths) != form.batches ||
        std::ranges::any_of(form.lengths, [&](int64_t n) { return n < 0 || n > form.times; }))
        throw Error(ErrorCode::BadInput, "the sequence lengths do not fit the input");
}

Layer layerOf(const OpContext& context, CellKind kind, std::vector<std::string> activations) {
    const Tensor& x = context.input(0);
    const Tensor& w = context.input(1);
    const Tensor& r = context.input(2);
    for (const size_t i : {0, 1, 2, 3, 5, 6, 7}) {
        const Tensor* operand = context.optionalInput(i);
        if (operand && operand->type() != DType::Float32)
            throw Error(ErrorCode::Unsupported,
                        fmt::format("it is computed in float32 only, not for {}: convert the model "
                                    "to float32",
                                    operand->toString()));
    }
    if (x.rank() != 3 || w.rank() != 3 || r.rank() != 3)
        throw Error(ErrorCode::BadInput, "the input, W and R need 3 axes");
    Layer layer;
    layer.defaults = std::move(activations);
    layer.batchFirst = context.attributes().getInt("layout", 0) != 0;
    Recurrence& form = layer.form;
    form.kind = kind;
    form.hidden = r.shape()[2];
    form.times = x.shape()[layer.batchFirst ? 1 : 0];
    form.batches = x.shape()[layer.batchFirst ? 0 : 1];
    form.recurrentIsConstant = context.isConstant(2);
    form.cell.linear = context.attributes().getInt("linear_before_reset", 0) != 0;
    form.cell.coupled = context.attributes().getInt("input_forget", 0) != 0;
    form.cell.clip = context.attributes().getFloat("clip", 0);
    setDirections(context, layer);
    requireShape("W", w, {form.directions, form.rows(), x.shape()[2]});
    requireShape("R", r, {form.directions, form.rows(), form.hidden});
    if (const Tensor* bias = context.optionalInput(3))
        requireShape("B", *bias, {form.directions, 2 * form.rows()});
    if (const Tensor* peepholes = context.optionalInput(7))
        requireShape("P", *peepholes, {form.directions, 3 * form.hidden});
    setLengths(context, form);
    return layer;
}

/// The states of all directions to begin with, zeros where the model gives none.
Tensor initialStates(OpContext& context, const Layer& layer, size_t input) {
    Device& device = context.device();
    const Shape shape{layer.form.directions, layer.form.batches, layer.form.hidden};
    Tensor states = device.allocate(DType::Float32, shape);
    if (!context.hasInput(input)) {
        device.fill(Tensor::scalar(0.0f), states);
        return states;
    }
    const Tensor& given = context.input(input);
    const Tensor initial = layer.batchFirst ? swapped(device, given) : given;
    requireShape("the initial state", initial, shape);
    device.copyStrided(shape, initial, wholeView(shape), states, wholeView(shape));
    return states;
}

Tensor rowOf(const Tensor& tensor, int64_t row) {
    return tensor.rows(row, row + 1).reshaped({tensor.elementCount() / tensor.shape()[0]});
}

/// W's and R's bias of each row together; of a linear GRU's last gate only W's.
Tensor joinedBias(Device& device, const Recurrence& form, const Tensor& both) {
    const int64_t rows = form.rows();
    const bool hasOwn = form.kind == CellKind::Gru && form.cell.linear;
    const int64_t joined = hasOwn ? rows - form.hidden : rows;
    Tensor bias = device.allocate(DType::Float32, {rows});
    Tensor sums = bias.rows(0, joined);
    device.binary(BinaryFunction::Add, both.rows(0, joined), both.rows(rows, rows + joined), sums);
    Tensor rest = bias.rows(joined, rows);
    device.copyStrided(rest.shape(), both.rows(joined, rows), wholeView(rest.shape()), rest,
                       wholeView(rest.shape()));
    return bias;
}

/// `x` has the times first; the states are those of all directions.
void runDirection(OpContext& context, const Layer& layer, const Tensor& x, int64_t direction,
                  const Tensor& states, const Tensor& cells, const Tensor& y) {
    Device& device = context.device();
    auto& kept = keptState<KeptDirections>(context.state());
    kept.inputProducts.resize(static_cast<size_t>(layer.form.directions));
    kept.recurrences.resize(static_cast<size_t>(layer.form.directions));
    Recurrence form = layer.form;
    form.direction = direction;
    form.backward = layer.reverse || direction == 1;
    std::copy_n(
        layer.activations.begin() + direction * static_cast<std::ptrdiff_t>(layer.perDirection()),
        layer.perDirection(), form.cell.activations);
    const int64_t rows = form.rows();
    RecurrentTensors tensors;
    tensors.recurrent =
        context.input(2).rows(direction, direction + 1).reshaped({rows, form.hidden});
    Tensor bias;
    if (const Tensor* all = context.optionalInput(3)) {
        const Tensor both = rowOf(*all, direction);
        bias = joinedBias(device, form, both);
        if (form.kind == CellKind::Gru && form.cell.linear)
            tensors.candidateBias = both.rows(2 * rows - form.hidden, 2 * rows);
    }
    if (const Tensor* peepholes = context.optionalInput(7))
        tensors.peepholes = rowOf(*peepholes, direction);
    const int64_t inputs = x.shape()[2];
    tensors.fromInputs = device.allocate(DType::Float32, {form.times * form.batches, rows});
    device.matmul({.transposeB = true, .bIsConstant = context.isConstant(1)},
                  x.reshaped({form.times * form.batches, inputs}),
                  context.input(1).rows(direction, direction + 1).reshaped({rows, inputs}),
                  bias.isDefined() ? &bias : nullptr, tensors.fromInputs,
                  kept.inputProducts[static_cast<size_t>(direction)]);
    tensors.state = states.rows(direction, direction + 1).reshaped({form.batches, form.hidden});
    tensors.cell = cells.rows(direction, direction + 1).reshaped({form.batches, form.hidden});
    tensors.y = y;
    device.recur(form, tensors, kept.recurrences[static_cast<size_t>(direction)]);
}

void runRecurrent(OpContext& context, CellKind kind, std::vector<std::string> activations,
                  bool quantizesState = false) {
    Device& device = context.device();
    Layer layer = layerOf(context, kind, std::move(activations));
    Recurrence& form = layer.form;
    form.quantizesState = quantizesState;
    const Tensor x = layer.batchFirst ? swapped(device, context.input(0)) : context.input(0);
    Tensor y =
        device.allocate(DType::Float32, {form.times, form.directions, form.batches, form.hidden});
    const Tensor states = initialStates(context, layer, 5);
    const Tensor cells = kind == CellKind::Lstm ? initialStates(context, layer, 6) : states;
    for (int64_t direction = 0; direction < form.directions; ++direction)
        runDirection(context, layer, x, direction, states, cells, y);
    if (context.hasOutput(0) && layer.batchFirst) {
        Tensor moved =
            device.allocate(y.type(), {form.batches, form.times, form.directions, form.hidden});
        copyPermuted(device, y, {2, 0, 1, 3}, moved);
        y = moved;
    }
    if (context.hasOutput(0))
        context.setOutput(0, y);
    if (context.hasOutput(1))
        context.setOutput(1, layer.batchFirst ? swapped(device, states) : states);
    if (kind == CellKind::Lstm && context.hasOutput(2))
        context.setOutput(2, layer.batchFirst ? swapped(device, cells) : cells);
}

void runLstmOfQuantizedState(OpContext& context) {
    runRecurrent(context, CellKind::Lstm, {"Sigmoid", "Tanh", "Tanh"}, true);
}

/// Input i (directions x inner x gates * hidden, 8 bits) as LSTM has its weights; input `scale` has
/// one for each direction, or for each of its gates' rows, then the zero points.
Tensor floatWeights(OpContext& context, size_t i, size_t scale) {
    Device& device = context.device();
    const Tensor& narrow = context.input(i);
    const Tensor& scales = context.input(scale);
    if (narrow.rank() != 3 || scales.rank() < 1 || scales.shape()[0] != narrow.shape()[0])
        throw Error(ErrorCode::BadInput, fmt::format("the scales {} do not fit the weights {}",
                                                     scales.toString(), narrow.toString()));
    const Shape& shape = narrow.shape();
    Tensor y = device.allocate(DType::Float32, {shape[0], shape[2], shape[1]});
    for (int64_t d = 0; d < shape[0]; ++d) {
        Tensor zero;
        if (const Tensor* all = context.optionalInput(scale + 1))
            zero = rowOf(*all, d);
        const Tensor wide =
            dequantized(device, narrow.rows(d, d + 1).reshaped({shape[1], shape[2]}),
                        rowOf(scales, d), zero.isDefined() ? &zero : nullptr);
        Tensor own = y.rows(d, d + 1).reshaped({shape[2], shape[1]});
        copyPermuted(device, wide, {1, 0}, own);
    }
    return y;
}

/// What the node keeps where its weights are constant.
struct FloatWeights {
    Tensor w, r;
    NodeState inner;
};

}  // namespace

/// LSTM's inputs, the weights in 8 bits and transposed, and after them the scale and zero point of
/// W and those of R. What is multiplied with them is rounded to 8 bits over its own range.
void runDynamicQuantizeLstm(OpContext& context) {
    auto& weights = keptState<FloatWeights>(context.state());
    bool areConstant = true;
    for (const size_t i : {1, 2, 8, 9, 10, 11})
        areConstant &= !context.hasInput(i) || context.isConstant(i);
    if (!areConstant || !weights.w.isDefined()) {
        weights.w = floatWeights(context, 1, 8);
        weights.r = floatWeights(context, 2, 10);
    }
    std::vector<Tensor> inputs{roundedTo8Bits(context.device(), context.input(0)), weights.w,
                               weights.r};
    for (size_t i = 3; i < 8; ++i)
        inputs.push_back(context.hasInput(i) ? context.input(i) : Tensor());
    Application application{.run = runLstmOfQuantizedState, .opset = 14, .outputs = 3};
    if (areConstant)
        application.constants = {1, 2};
    application.state = &weights.inner;
    std::vector<Tensor> outputs = applied(context, application, std::move(inputs));
    for (size_t i = 0; i < outputs.size(); ++i)
        if (context.hasOutput(i))
            context.setOutput(i, outputs[i]);
}

void runRnn(OpContext& context) {
    runRecurrent(context, CellKind::Rnn, {"Tanh"});
}

void runGru(OpContext& context) {
    runRecurrent(context, CellKind::Gru, {"Sigmoid", "Tanh"});
}

void runLstm(OpContext& context) {
    runRecurrent(context, CellKind::Lstm, {"Sigmoid", "Tanh", "Tanh"});
}

}  // namespace clipscope::runtime
