// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/recurrent.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/apply.h"
#include "analysis/runtime/ops/kept_state.h"
#include "analysis/runtime/ops/quantize.h"
#include "analysis/runtime/ops/recurrence.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

/// Runs a direction over all times into y (times x directions x batches x hidden). A backward one
/// starts at the last element of each batch's own sequence.
void runDirection(const Recurrence& form, Direction& own, RecurrentStep step, std::span<float> y) {
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
        step(form, own, gates, time);
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

void runRecurrent(OpContext& context, int64_t gates, RecurrentStep step,
                  const std::vector<std::string>& activations, bool quantizesState = false) {
    Recurrence form = recurrenceOf(context, gates, activations);
    form.quantizesState = quantizesState;
    const Tensor x =
        form.batchFirst ? swapped(context.device(), context.input(0)) : context.input(0);
    Tensor y(DType::Float32, {form.times, form.directions, form.batches, form.hidden});
    std::vector<float> states, cells;
    for (size_t d = 0; d < static_cast<size_t>(form.directions); ++d) {
        Direction own = directionOf(context, form, x, d);
        runDirection(form, own, step, y.mutableValues<float>());
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

void runLstmOfQuantizedState(OpContext& context) {
    runRecurrent(context, 4, stepLstm, {"Sigmoid", "Tanh", "Tanh"}, true);
}

/// Input i (directions x inner x gates * hidden, 8 bits) as LSTM has its weights; input `scale` has
/// one for each direction, or for each of its gates' rows, then the zero points.
Tensor floatWeights(OpContext& context, size_t i, size_t scale) {
    const Tensor& narrow = context.input(i);
    const Tensor& scales = context.input(scale);
    if (narrow.rank() != 3 || scales.rank() < 1 || scales.shape()[0] != narrow.shape()[0])
        throw Error(ErrorCode::BadInput, fmt::format("the scales {} do not fit the weights {}",
                                                     scales.toString(), narrow.toString()));
    const Shape& shape = narrow.shape();
    Tensor y(DType::Float32, {shape[0], shape[2], shape[1]});
    for (int64_t d = 0; d < shape[0]; ++d) {
        Tensor zero;
        if (const Tensor* all = context.optionalInput(scale + 1))
            zero = all->rows(d, d + 1).reshaped({all->elementCount() / shape[0]});
        const Tensor wide =
            dequantized(narrow.rows(d, d + 1).reshaped({shape[1], shape[2]}),
                        scales.rows(d, d + 1).reshaped({scales.elementCount() / shape[0]}),
                        zero.isDefined() ? &zero : nullptr);
        const auto from = wide.values<float>();
        const auto to = y.mutableValues<float>().subspan(static_cast<size_t>(d) * from.size());
        const auto columns = static_cast<size_t>(shape[2]);
        const auto rows = static_cast<size_t>(shape[1]);
        for (size_t r = 0; r < rows; ++r)
            for (size_t c = 0; c < columns; ++c)
                to[c * rows + r] = from[r * columns + c];
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
    const Quantized x = dynamicallyQuantized(context.input(0));
    std::vector<Tensor> inputs{dequantized(x.values, x.scale, &x.zeroPoint), weights.w, weights.r};
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
    runRecurrent(context, 1, stepRnn, {"Tanh"});
}

void runGru(OpContext& context) {
    runRecurrent(context, 3, stepGru, {"Sigmoid", "Tanh"});
}

void runLstm(OpContext& context) {
    runRecurrent(context, 4, stepLstm, {"Sigmoid", "Tanh", "Tanh"});
}

}  // namespace clipscope::runtime
