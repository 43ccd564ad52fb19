// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/executor.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"
#include "analysis/runtime/element_types.h"
#include "analysis/runtime/op_context.h"
#include "analysis/runtime/registry.h"

namespace clipscope::runtime {

using graph::Node;
using graph::NodeId;
using graph::Value;
using graph::ValueId;

/// A node with the row that runs it and what to free afterwards.
struct Executor::Step {
    const Node* node = nullptr;
    const OperatorRow* row = nullptr;
    NodeState state;
    std::vector<ValueId> lastReads;  ///< values that no later step reads
};

namespace {

/// Shape, or "?" for dynamic extents, of what an input declares.
std::string declared(const graph::DeclaredShape& shape) {
    std::string text;
    for (const int64_t extent : shape)
        text += (text.empty() ? "" : "x") + (extent < 0 ? "?" : std::to_string(extent));
    return text.empty() ? "scalar" : text;
}

bool fits(const Shape& shape, const graph::DeclaredShape& declaredShape) {
    return std::ranges::equal(shape, declaredShape,
                              [](int64_t got, int64_t want) { return want < 0 || got == want; });
}

void requireSupported(const graph::Graph& graph) {
    const Node* first = nullptr;
    std::vector<std::string> others;
    for (const Node& node : graph.nodes) {
        if (findOperator(node.domain, node.type, node.opset))
            continue;
        if (!first)
            first = &node;
        else if (node.type != first->type && std::ranges::find(others, node.type) == others.end())
            others.push_back(node.type);
    }
    if (!first)
        return;
    std::string message = fmt::format("{} cannot run: Clipscope has no operator {}{}{} of opset {}",
                                      describe(graph, *first), first->domain,
                                      first->domain.empty() ? "" : ".", first->type, first->opset);
    if (!others.empty())
        message += fmt::format(" (nor {})", fmt::join(others, ", "));
    throw Error(ErrorCode::Unsupported, message);
}

Tensor castTo(Device& device, const Tensor& x, DType type) {
    Tensor y = device.allocate(type, x.shape());
    device.cast(x, y);
    return y;
}

bool widens(Widening widening, DType type) {
    return widening != Widening::None &&
           (isHalf(type) || (widening == Widening::Floats && type == DType::Float64));
}

/// Replaces what is to be widened; returns the type of the first such tensor, or Undefined.
DType widen(Widening widening, Device& device, std::vector<Tensor>& tensors) {
    DType first = DType::Undefined;
    for (Tensor& tensor : tensors) {
        if (!widens(widening, tensor.type()))
            continue;
        first = first == DType::Undefined ? tensor.type() : first;
        tensor = castTo(device, tensor, DType::Float32);
    }
    return first;
}

}  // namespace

Executor::~Executor() = default;

Executor::Executor(const graph::Graph& graph, Device& device)
    : m_graph(graph), m_device(device), m_constants(graph.values.size()) {
    requireSupported(graph);
    for (size_t i = 0; i < graph.values.size(); ++i)
        if (graph.values[i].initializer.isDefined())
            m_constants[i] = device.fromHost(graph.values[i].initializer);

    std::vector<Step> constantSteps;
    for (const Node& node : graph.nodes) {
        Step step;
        step.node = &node;
        step.row = findOperator(node.domain, node.type, node.opset);
        const bool isConstant = std::ranges::all_of(node.inputs, [&](ValueId id) {
            return !id.isValid() || m_constants[id.value()].isDefined();
        });
        if (!isConstant) {
            m_steps.push_back(std::move(step));
            continue;
        }
        // Folded here, once; random operators would not be constant, but none is supported.
        m_steps.push_back(std::move(step));
        std::vector<Tensor> values(graph.values.size());
        runStep(m_steps.size() - 1, values);
        m_steps.pop_back();
        for (const ValueId output : node.outputs)
            if (output.isValid())
                m_constants[output.value()] = values[output.value()];
    }

    std::vector<size_t> lastReader(graph.values.size(), SIZE_MAX);
    for (size_t i = 0; i < m_steps.size(); ++i)
        for (const ValueId input : m_steps[i].node->inputs)
            if (input.isValid())
                lastReader[input.value()] = i;
    for (size_t v = 0; v < graph.values.size(); ++v)
        if (lastReader[v] != SIZE_MAX && !graph.values[v].isOutput)
            m_steps[lastReader[v]].lastReads.push_back(ValueId(v));
}

const Tensor& Executor::constant(ValueId value) const {
    return m_constants[value.value()];
}

void Executor::bindInputs(const std::map<std::string, Tensor>& inputs,
                          std::vector<Tensor>& values) {
    for (const ValueId id : m_graph.inputs) {
        const Value& value = m_graph[id];
        const auto it = inputs.find(value.name);
        if (it == inputs.end())
            throw Error(ErrorCode::BadInput,
                        fmt::format("the model's input '{}' has no data; give it with --data or "
                                    "--input {}=PATH",
                                    value.name, value.name));
        const Tensor& tensor = it->second;
        if (tensor.type() != value.type || (value.shape && !fits(tensor.shape(), *value.shape)))
            throw Error(ErrorCode::BadInput,
                        fmt::format("input '{}' is {}, but the model wants {} {}", value.name,
                                    tensor.toString(), name(value.type),
                                    value.shape ? declared(*value.shape) : "of any shape"));
        values[id.value()] = m_device.fromHost(tensor);
    }
}

void Executor::runStep(size_t index, std::vector<Tensor>& values) {
    Step& step = m_steps[index];
    const Node& node = *step.node;
    std::vector<Tensor> inputs(node.inputs.size());
    const auto isConstant = std::make_unique<bool[]>(node.inputs.size());
    const bool onHost = step.row->placement == Placement::Host;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        if (!node.inputs[i].isValid())
            continue;
        const size_t v = node.inputs[i].value();
        isConstant[i] = m_constants[v].isDefined();
        inputs[i] = isConstant[i] ? m_constants[v] : values[v];
    }
    const DType narrow = widen(step.row->widening, m_device, inputs);
    if (onHost)
        for (Tensor& input : inputs)
            if (input.isDefined())
                input = m_device.toHost(input);
    OpContext context(node, m_device, inputs, {isConstant.get(), node.inputs.size()}, step.state);
    try {
        step.row->run(context);
    } catch (const Error& error) {
        std::vector<std::string> shapes;
        for (const Tensor& input : inputs)
            shapes.push_back(input.isDefined() ? input.toString() : "absent");
        throw Error(error.code(), fmt::format("{}: {} (inputs: {})", describe(m_graph, node),
                                              error.what(), fmt::join(shapes, ", ")));
    }
    std::vector<Tensor> outputs = context.takeOutputs();
    if (narrow != DType::Undefined)
        for (Tensor& output : outputs)
            if (output.type() == DType::Float32)
                output = castTo(m_device, output, narrow);
    for (size_t i = 0; i < outputs.size(); ++i)
        if (node.outputs[i].isValid())
            values[node.outputs[i].value()] = std::move(outputs[i]);
}

std::vector<Tensor> Executor::run(const std::map<std::string, Tensor>& inputs, Observer* observer,
                                  const CancellationToken& cancel) {
    std::vector<Tensor> values(m_graph.values.size());
    bindInputs(inputs, values);
    auto show = [&](ValueId id) {
        if (observer && id.isValid() && observer->wants(id))
            observer->observe(id, values[id.value()]);
    };
    for (const ValueId id : m_graph.inputs)
        show(id);
    for (size_t i = 0; i < m_steps.size(); ++i) {
        cancel.check();
        runStep(i, values);
        for (const ValueId output : m_steps[i].node->outputs)
            show(output);
        for (const ValueId dead : m_steps[i].lastReads)
            values[dead.value()] = Tensor();
        for (const ValueId output : m_steps[i].node->outputs)  // that nobody reads
            if (output.isValid() && m_graph[output].consumers.empty() && !m_graph[output].isOutput)
                values[output.value()] = Tensor();
    }
    std::vector<Tensor> outputs;
    for (const ValueId id : m_graph.outputs) {
        const Tensor& constant = m_constants[id.value()];
        outputs.push_back(m_device.toHost(constant.isDefined() ? constant : values[id.value()]));
    }
    return outputs;
}

}  // namespace clipscope::runtime
