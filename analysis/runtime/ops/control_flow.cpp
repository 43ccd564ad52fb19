// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/control_flow.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/runtime/strided_view.h"
#include "analysis/tensor/memory_budget.h"

namespace clipscope::runtime {
namespace {

size_t bodyNamed(const OpContext& context, std::string_view attribute) {
    const auto& bodies = context.node().bodies;
    const auto it = std::ranges::find(bodies, attribute, &graph::Body::attribute);
    if (it == bodies.end())
        throw Error(ErrorCode::BadInput, fmt::format("its body '{}' is missing", attribute));
    return static_cast<size_t>(it - bodies.begin());
}

bool truthOf(OpContext& context, const Tensor& tensor) {
    const std::vector<int64_t> values = toInt64s(context.device().toHost(tensor));
    if (values.size() != 1)
        throw Error(ErrorCode::BadInput,
                    "the condition " + tensor.toString() + " is not a single element");
    return values[0] != 0;
}

/// The element at `index` along `axis`, without that axis.
Tensor sliceAt(Device& device, const Tensor& x, size_t axis, int64_t index) {
    std::vector<int64_t> extents = x.shape().extents();
    StridedView from = wholeView(x.shape());
    from.offset = index * from.strides[axis];
    extents.erase(extents.begin() + static_cast<std::ptrdiff_t>(axis));
    from.strides.erase(from.strides.begin() + static_cast<std::ptrdiff_t>(axis));
    Tensor y = device.allocate(x.type(), Shape(std::move(extents)));
    device.copyStrided(y.shape(), x, from, y, wholeView(y.shape()));
    return y;
}

/// Equal shapes side by side along a new axis.
Tensor stacked(Device& device, const std::vector<Tensor>& parts, int64_t axis) {
    const Tensor& first = parts.front();
    std::vector<int64_t> extents = first.shape().extents();
    const size_t at = normalizeAxis(axis, first.rank() + 1);
    extents.insert(extents.begin() + static_cast<std::ptrdiff_t>(at), std::ssize(parts));
    Tensor y = device.allocate(first.type(), Shape(std::move(extents)));
    StridedView to = wholeView(y.shape());
    const int64_t step = to.strides[at];
    to.strides.erase(to.strides.begin() + static_cast<std::ptrdiff_t>(at));
    for (const Tensor& part : parts) {
        if (part.shape() != first.shape() || part.type() != first.type())
            throw Error(ErrorCode::BadInput, fmt::format("an iteration gives {}, another one {}",
                                                         first.toString(), part.toString()));
        device.copyStrided(part.shape(), part, wholeView(part.shape()), y, to);
        to.offset += step;
    }
    return y;
}

/// What iterations give, kept until it is stacked.
class Stacks {
public:
    explicit Stacks(size_t count) : m_parts(count) {}

    /// Refused as soon as the stack would not fit: a loop may never end.
    void add(size_t i, const Tensor& part) {
        m_bytes += part.byteSize() + sizeof(Tensor);
        if (const auto budget = MemoryBudget::current())
            budget->requireRoom(m_bytes);
        m_parts[i].push_back(part);
    }
    size_t size() const { return m_parts.size(); }
    std::vector<Tensor>& operator[](size_t i) { return m_parts[i]; }

private:
    std::vector<std::vector<Tensor>> m_parts;
    size_t m_bytes = 0;
};

/// What is stacked when there was no iteration: no elements, of the declared type and shape.
Tensor nothing(const OpContext& context, graph::ValueId value) {
    const graph::Value& declared = context.value(value);
    std::vector<int64_t> extents{0};
    if (declared.shape)
        for (const int64_t extent : *declared.shape)
            extents.push_back(std::max<int64_t>(0, extent));
    const DType type = elementSize(declared.type) == 0 ? DType::Float32 : declared.type;
    return Tensor(type, Shape(std::move(extents)));
}

int64_t listed(const std::vector<int64_t>& list, size_t i) {
    return i < list.size() ? list[i] : 0;
}

/// How Scan walks: which axis of each input and output, and which are walked backward.
struct ScanForm {
    size_t body = 0;
    size_t states = 0;
    std::vector<int64_t> inputAxes, inputDirections, outputAxes, outputDirections;
};

/// `operands`: the states, then what is scanned. The last states, then what was stacked.
std::vector<Tensor> scan(OpContext& context, const ScanForm& form,
                         const std::vector<Tensor>& operands) {
    Device& device = context.device();
    const size_t scanned = operands.size() - form.states;
    const auto middle = operands.begin() + static_cast<std::ptrdiff_t>(form.states);
    std::vector<Tensor> states(operands.begin(), middle);
    std::vector<size_t> axes;
    for (size_t i = 0; i < scanned; ++i)
        axes.push_back(normalizeAxis(listed(form.inputAxes, i),
                                     middle[static_cast<std::ptrdiff_t>(i)].rank()));
    const graph::Body& body = context.node().bodies[form.body];
    if (scanned == 0 || body.outputs.size() < form.states)
        throw Error(ErrorCode::BadInput, "there is nothing to scan");
    const int64_t count = operands[form.states].shape()[axes[0]];
    Stacks parts(body.outputs.size() - form.states);
    for (int64_t t = 0; t < count; ++t) {
        std::vector<Tensor> inputs = states;
        for (size_t i = 0; i < scanned; ++i) {
            const Tensor& x = operands[form.states + i];
            if (x.shape()[axes[i]] != count)
                throw Error(ErrorCode::BadInput,
                            fmt::format("{} does not have {} elements along axis {}", x.toString(),
                                        count, axes[i]));
            const bool backward = listed(form.inputDirections, i) != 0;
            inputs.push_back(sliceAt(device, x, axes[i], backward ? count - 1 - t : t));
        }
        std::vector<Tensor> outputs = context.runBody(form.body, std::move(inputs));
        for (size_t i = 0; i < parts.size(); ++i)
            parts.add(i, outputs[form.states + i]);
        outputs.resize(form.states);
        states = std::move(outputs);
    }
    for (size_t i = 0; i < parts.size(); ++i) {
        if (listed(form.outputDirections, i) != 0)
            std::ranges::reverse(parts[i]);
        states.push_back(parts[i].empty()
                             ? device.fromHost(nothing(context, body.outputs[form.states + i]))
                             : stacked(device, parts[i], listed(form.outputAxes, i)));
    }
    return states;
}

void setOutputs(OpContext& context, std::vector<Tensor> outputs) {
    if (outputs.size() < context.outputCount())
        throw Error(ErrorCode::BadInput, fmt::format("its body has {} outputs for {}",
                                                     outputs.size(), context.outputCount()));
    for (size_t i = 0; i < context.outputCount(); ++i)
        if (context.hasOutput(i))
            context.setOutput(i, std::move(outputs[i]));
}

/// Opset 8: an optional input of lengths first, and a batch axis before all others.
void runBatchedScan(OpContext& context, ScanForm form) {
    Device& device = context.device();
    if (context.hasInput(0))
        throw Error(ErrorCode::Unsupported, "sequence lengths of Scan are not supported");
    form.inputDirections = context.attributes().getInts("directions", {});
    std::vector<std::vector<Tensor>> results;
    const int64_t batches = context.input(1).shape()[0];
    for (int64_t b = 0; b < batches; ++b) {
        std::vector<Tensor> operands;
        for (size_t i = 1; i < context.inputCount(); ++i)
            operands.push_back(sliceAt(device, context.input(i), 0, b));
        std::vector<Tensor> outputs = scan(context, form, operands);
        results.resize(outputs.size());
        for (size_t i = 0; i < outputs.size(); ++i)
            results[i].push_back(outputs[i]);
    }
    std::vector<Tensor> joined;
    for (const std::vector<Tensor>& parts : results)
        joined.push_back(stacked(device, parts, 0));
    setOutputs(context, std::move(joined));
}

}  // namespace

void runIf(OpContext& context) {
    const bool condition = truthOf(context, context.input(0));
    setOutputs(context,
               context.runBody(bodyNamed(context, condition ? "then_branch" : "else_branch"), {}));
}

void runLoop(OpContext& context) {
    Device& device = context.device();
    const size_t index = bodyNamed(context, "body");
    const graph::Body& body = context.node().bodies[index];
    const int64_t most =
        context.hasInput(0) ? context.ints(0).at(0) : std::numeric_limits<int64_t>::max();
    bool goesOn = !context.hasInput(1) || truthOf(context, context.input(1));
    std::vector<Tensor> states;
    for (size_t i = 2; i < context.inputCount(); ++i)
        states.push_back(context.input(i));
    const size_t carried = states.size();
    if (body.outputs.size() < carried + 1)
        throw Error(ErrorCode::BadInput, "its body gives back fewer values than it takes");
    Stacks parts(body.outputs.size() - carried - 1);
    for (int64_t i = 0; goesOn && i < most; ++i) {
        std::vector<Tensor> inputs{device.fromHost(Tensor::scalar(i)),
                                   device.fromHost(Tensor::scalar(true))};
        inputs.insert(inputs.end(), states.begin(), states.end());
        std::vector<Tensor> outputs = context.runBody(index, std::move(inputs));
        goesOn = truthOf(context, outputs[0]);
        for (size_t k = 0; k < carried; ++k)
            states[k] = outputs[k + 1];
        for (size_t k = 0; k < parts.size(); ++k)
            parts.add(k, outputs[carried + 1 + k]);
    }
    for (size_t k = 0; k < parts.size(); ++k)
        states.push_back(parts[k].empty()
                             ? device.fromHost(nothing(context, body.outputs[carried + 1 + k]))
                             : stacked(device, parts[k], 0));
    setOutputs(context, std::move(states));
}

void runScan(OpContext& context) {
    const graph::Attributes& attributes = context.attributes();
    const auto scanned = static_cast<size_t>(attributes.getInt("num_scan_inputs"));
    const size_t offered = context.inputCount() - (context.opset() < 9 ? 1 : 0);
    if (scanned < 1 || scanned > offered)
        throw Error(ErrorCode::BadInput, fmt::format("it scans {} of {} inputs", scanned, offered));
    ScanForm form;
    form.body = bodyNamed(context, "body");
    form.states = offered - scanned;
    if (context.opset() < 9)
        return runBatchedScan(context, form);
    form.inputAxes = attributes.getInts("scan_input_axes", {});
    form.inputDirections = attributes.getInts("scan_input_directions", {});
    form.outputAxes = attributes.getInts("scan_output_axes", {});
    form.outputDirections = attributes.getInts("scan_output_directions", {});
    std::vector<Tensor> operands;
    for (size_t i = 0; i < context.inputCount(); ++i)
        operands.push_back(context.input(i));
    setOutputs(context, scan(context, form, operands));
}

}  // namespace clipscope::runtime
