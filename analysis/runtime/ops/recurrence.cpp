// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/recurrence.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/ops/kept_state.h"
#include "analysis/runtime/strided_view.h"

namespace clipscope::runtime {
namespace {

void requireShape(const char* what, const Tensor& tensor, const Shape& shape) {
    if (tensor.shape() != shape)
        throw Error(ErrorCode::BadInput, fmt::format("{} is {}, not {}", what,
                                                     tensor.shape().toString(), shape.toString()));
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

constexpr int64_t kTile = 16;  // both sides of a transposition stay in the cache

std::vector<float> transposed(const float* matrix, int64_t rows, int64_t columns) {
    std::vector<float> result(static_cast<size_t>(rows * columns));
    for (int64_t first = 0; first < rows; first += kTile)
        for (int64_t c = 0; c < columns; ++c)
            for (int64_t r = first; r < std::min(rows, first + kTile); ++r)
                result[static_cast<size_t>(c * rows + r)] = matrix[r * columns + c];
    return result;
}

/// What the node keeps of each direction where its weights are constant.
struct PreparedWeights {
    std::vector<std::shared_ptr<const std::vector<float>>> recurrent;
    std::vector<NodeState> products;
    std::vector<std::array<NodeState, 2>> recurrentProducts;
};

PreparedWeights& preparedWeights(OpContext& context, const Recurrence& form) {
    auto& prepared = keptState<PreparedWeights>(context.state());
    prepared.recurrent.resize(static_cast<size_t>(form.directions));
    prepared.products.resize(static_cast<size_t>(form.directions));
    prepared.recurrentProducts.resize(static_cast<size_t>(form.directions));
    return prepared;
}

}  // namespace

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

Recurrence recurrenceOf(const OpContext& context, int64_t gates,
                        const std::vector<std::string>& activations) {
    const Tensor& x = context.input(0);
    const Tensor& w = context.input(1);
    const Tensor& r = context.input(2);
    if (x.type() != DType::Float32)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("it is computed in float32 only, not for {}: convert the model to "
                                "float32",
                                x.toString()));
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
    made.linear = context.attributes().getInt("linear_before_reset", 0) != 0;
    made.coupled = context.attributes().getInt("input_forget", 0) != 0;
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

Direction directionOf(OpContext& context, const Recurrence& form, const Tensor& x, size_t index) {
    const int64_t rows = form.gates * form.hidden;
    const auto d = static_cast<int64_t>(index);
    Device& device = context.device();
    Direction made;
    made.index = index;
    made.backward = form.reverse || index == 1;
    PreparedWeights& prepared = preparedWeights(context, form);
    made.device = &device;
    made.recurrentRows = context.input(2).rows(d, d + 1).reshaped({rows, form.hidden});
    made.recurrentIsConstant = context.isConstant(2);
    made.recurrentProducts = &prepared.recurrentProducts[index];
    if (!multipliesAtOnce(form) && (!context.isConstant(2) || !prepared.recurrent[index]))
        prepared.recurrent[index] = std::make_shared<const std::vector<float>>(transposed(
            context.input(2).values<float>().data() + d * rows * form.hidden, rows, form.hidden));
    made.recurrent = prepared.recurrent[index];
    made.activations = form.activations.data() +
                       index * form.activations.size() / static_cast<size_t>(form.directions);
    Tensor bias;
    if (const Tensor* both = context.optionalInput(3)) {
        const float* own = both->values<float>().data() + d * 2 * rows;
        const bool hasOwn = form.gates == 3 && form.linear;
        const int64_t joined = hasOwn ? rows - form.hidden : rows;
        made.candidateBias = hasOwn ? own + rows + joined : nullptr;
        bias = Tensor(DType::Float32, {rows});
        for (int64_t i = 0; i < rows; ++i)
            bias.mutableValues<float>()[static_cast<size_t>(i)] =
                own[i] + (i < joined ? own[rows + i] : 0);
        bias = device.fromHost(bias);
    }
    if (const Tensor* peepholes = context.optionalInput(7)) {
        requireShape("P", *peepholes, {form.directions, 3 * form.hidden});
        made.peepholes = peepholes->values<float>().data() + d * 3 * form.hidden;
    }
    const Tensor weights =
        device.fromHost(context.input(1).rows(d, d + 1).reshaped({rows, form.inputs}));
    Tensor product = device.allocate(DType::Float32, {form.times * form.batches, rows});
    device.matmul({.transposeB = true, .bIsConstant = context.isConstant(1)},
                  device.fromHost(x.reshaped({form.times * form.batches, form.inputs})), weights,
                  bias.isDefined() ? &bias : nullptr, product, prepared.products[index]);
    made.fromInputs = device.toHost(product);
    made.state = initialState(context, form, 5, index);
    made.cell = initialState(context, form, 6, index);
    return made;
}

}  // namespace clipscope::runtime
