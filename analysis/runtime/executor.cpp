// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/executor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/executor_steps.h"
#include "analysis/runtime/graph_inputs.h"
#include "analysis/runtime/legacy_broadcast.h"
#include "analysis/runtime/memory_limit.h"
#include "analysis/runtime/op_context.h"
#include "analysis/runtime/packed_weights.h"
#include "analysis/runtime/registry.h"
#include "analysis/runtime/supported_operators.h"
#include "analysis/runtime/widening.h"

namespace clipscope::runtime {

using graph::Node;
using graph::NodeId;
using graph::ValueId;

namespace {

size_t bytesOf(const std::map<std::string, Tensor>& inputs) {
    size_t bytes = 0;
    for (const auto& [name, tensor] : inputs)
        bytes += tensor.byteSize();
    return bytes;
}

struct Operand {
    DType type = DType::Undefined;
    Shape shape;

    std::string toString() const {
        return type == DType::Undefined ? "absent"
                                        : fmt::format("{} {}", name(type), shape.toString());
    }
};

/// The device has its own copy of these weights now: memory need not hold the file's as well.
void forgetPacked(const graph::Graph& graph, const Node& node) {
    for (size_t i = 0; i < node.inputs.size(); ++i)
        if (isPacked(node, i) && node.inputs[i].isValid())
            graph[node.inputs[i]].initializer.forget();
}

}  // namespace

Executor::~Executor() = default;

Executor::Executor(const graph::Graph& graph, Device& device, const CancellationToken& cancel)
    : m_graph(graph),
      m_device(device),
      m_constants(graph.values.size()),
      m_widened(std::make_shared<WidenedConstants>()),
      m_packed(std::make_shared<PackedWeights>()) {
    requireSupported(graph);
    const std::vector<bool> packed = packedValues(graph);
    for (size_t i = 0; i < graph.values.size(); ++i)
        if (const graph::Weight& weight = graph.values[i].initializer; weight.isDefined()) {
            m_constants[i] = device.fromHost(packed[i] ? weight.inFile() : weight.tensor());
            m_weightBytes += weight.byteSize();
        }
    const MemoryBudget::Scope scope(memoryBudget(m_weightBytes));
    // Random operators would not be constant, but none is supported.
    Run folding{std::vector<Tensor>(graph.values.size()), nullptr, &cancel};
    m_steps = prepare(graph.nodes, folding);
    planFrees(m_steps, graph.inputs, graph.outputs);
}

Executor::Executor(const Executor& original, std::vector<Step> steps)
    : m_graph(original.m_graph),
      m_device(original.m_device),
      m_steps(std::move(steps)),
      m_constants(original.m_constants),
      m_weightBytes(original.m_weightBytes),
      m_widened(original.m_widened),
      m_packed(original.m_packed) {}

std::unique_ptr<Executor> Executor::sibling() const {
    return std::unique_ptr<Executor>(new Executor(*this, unused(m_steps)));
}

const Tensor& Executor::constant(ValueId value) const {
    return m_constants[value.value()];
}

void Executor::bindInputs(const std::map<std::string, Tensor>& inputs, Run& run) {
    for (const ValueId id : m_graph.inputs)
        run.set(id, m_device.fromHost(inputFor(m_graph[id], inputs)));
}

const Tensor& Executor::valueOf(ValueId id, const Run& run) const {
    const Tensor& constant = m_constants[id.value()];
    return constant.isDefined() ? constant : run.values[id.value()];
}

/// Of a value in the device's memory; copied once for all that ask for it.
const Tensor& Executor::rowMajorOf(ValueId id, Run& run) {
    const Tensor& value = valueOf(id, run);
    if (value.layout() == Layout::RowMajor)
        return value;
    Tensor& copy = run.rowMajor[id];
    if (!copy.isDefined())
        copy = toRowMajor(m_device, value);
    return copy;
}

/// Gives the operands the order that the operator takes; true for memory order.
bool Executor::arrange(const Step& step, std::vector<Tensor>& inputs, Run& run) {
    const Layouts layouts = step.row->layouts;
    if (layouts == Layouts::Any)
        return false;
    if (layouts != Layouts::RowMajor && toMemoryOrder(m_device, inputs))
        return true;
    for (size_t i = 0; i < inputs.size(); ++i)
        if (inputs[i].layout() != Layout::RowMajor)
            inputs[i] = rowMajorOf(step.node->inputs[i], run);
    return false;
}

/// Replaces the inputs that the operator wants as float32; returns the type of the first such
/// input, or Undefined.
DType Executor::widen(const Step& step, std::vector<Tensor>& inputs) {
    DType first = DType::Undefined;
    for (size_t i = 0; i < inputs.size(); ++i) {
        if (!widens(step.row->widening, inputs[i].type()))
            continue;
        first = first == DType::Undefined ? inputs[i].type() : first;
        const ValueId id = step.node->inputs[i];
        inputs[i] = isConstant(id) ? m_widened->of(id, inputs[i], m_device)
                                   : castToFloat32(m_device, inputs[i]);
    }
    return first;
}

std::vector<Tensor> Executor::compute(Step& step, std::vector<Tensor>& inputs, Run& run) {
    alignSecondOperand(*step.node, inputs);
    const bool inMemoryOrder = arrange(step, inputs, run);
    const bool isInPlace = step.row->layouts == Layouts::InPlace;
    if (isInPlace)  // What this step reads last is then in its hands alone.
        for (const ValueId dead : step.lastReads)
            run.set(dead, {});
    const DType narrow = widen(step, inputs);
    const bool isHost = step.row->placement == Placement::Host;
    const HostWorkScope scope(isHost ? &m_device : nullptr);
    if (isHost)
        for (Tensor& input : inputs)
            if (input.isDefined())
                input = m_device.toHost(input);
    const auto constant = std::make_unique<bool[]>(inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i)
        constant[i] = step.node->inputs[i].isValid() && isConstant(step.node->inputs[i]);
    OpContext context(*step.node, isHost ? m_device.host() : m_device, inputs,
                      {constant.get(), inputs.size()}, step.state);
    if (!step.bodies.empty())
        context.setBodies(m_graph, [&](size_t body, std::vector<Tensor> bodyInputs) {
            return runBody(step, body, std::move(bodyInputs), run);
        });
    if (isInPlace)
        context.allowInPlace();
    runOperator(*step.row, context);
    std::vector<Tensor> outputs = context.takeOutputs();
    for (Tensor& output : outputs) {
        if (!output.isDefined())
            continue;
        if (isHost)
            output = m_device.fromHost(output);
        if (narrow != DType::Undefined && output.type() == DType::Float32)
            output = castTo(m_device, output, narrow);
        if (inMemoryOrder)
            output = output.asChannelsLast();
    }
    return outputs;
}

void Executor::runStep(Step& step, Run& run) {
    const Node& node = *step.node;
    std::vector<Tensor> inputs(node.inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i)
        if (node.inputs[i].isValid())
            inputs[i] = valueOf(node.inputs[i], run);
    std::vector<Operand> given;  // compute() rearranges and casts them
    given.reserve(inputs.size());
    for (const Tensor& input : inputs)
        given.push_back({input.type(), input.shape()});
    const int64_t hostCalls = m_device.hostWork().calls;
    std::vector<Tensor> outputs;
    try {
        outputs = compute(step, inputs, run);
    } catch (const Error& error) {
        std::vector<std::string> operands;
        for (const Operand& operand : given)
            operands.push_back(operand.toString());
        throw Error(error.code(),
                    fmt::format("{}: {} (inputs: {}){}", describe(m_graph, node), error.what(),
                                fmt::join(operands, ", "), opsetAdvice(node)));
    }
    if (!std::exchange(step.hasRun, true))
        forgetPacked(m_graph, node);
    step.onHost = step.onHost || m_device.hostWork().calls != hostCalls;
    for (size_t i = 0; i < outputs.size(); ++i)
        if (node.outputs[i].isValid())
            run.set(node.outputs[i], std::move(outputs[i]));
}

void Executor::countNodes(const std::vector<Step>& steps, NodeCounts& counts) {
    for (const Step& step : steps) {
        ++counts.all;
        counts.onHost += step.onHost && step.bodies.empty();
        for (const std::vector<Step>& body : step.bodies)
            countNodes(body, counts);
    }
}

Executor::NodeCounts Executor::nodeCounts() const {
    NodeCounts counts;
    countNodes(m_steps, counts);
    return counts;
}

void Executor::show(const Step& step, Run& run) {
    for (const ValueId output : step.node->outputs)
        if (run.observer && output.isValid() && run.observer->wants(output))
            run.observer->observe(output, run.observer->takesAnyLayout() ? valueOf(output, run)
                                                                         : rowMajorOf(output, run));
}

/// Shows what `step` made, each part of which becomes what `next` makes of it while it is still in
/// the caches. False where nothing was shown.
bool Executor::showAndClamp(const Step& step, const Step& next, Run& run) {
    if (!next.clamp || !run.observer || !run.observer->takesAnyLayout() ||
        m_device.memoryKind() != MemoryKind::Host || !run.observer->wants(step.node->outputs[0]))
        return false;
    const ValueId made = step.node->outputs[0];
    const Tensor& shown = run.values[made.value()];
    if (shown.type() != DType::Float32 || !shown.isHost() || shown.buffer().owner.use_count() != 1)
        return false;
    Tensor tensor = shown;
    run.observer->observeAndClamp(made, tensor, *next.clamp);
    run.set(next.node->outputs[0], std::move(tensor));
    return true;
}

void Executor::runSteps(std::vector<Step>& steps, Run& run) {
    bool hasRun = false;  // with the step before
    for (size_t i = 0; i < steps.size(); ++i) {
        run.cancel->check();
        if (!hasRun)
            runStep(steps[i], run);
        hasRun = i + 1 < steps.size() && showAndClamp(steps[i], steps[i + 1], run);
        if (!hasRun)
            show(steps[i], run);
        for (const ValueId dead : steps[i].lastReads)
            run.set(dead, {});
    }
}

std::vector<Tensor> Executor::runBody(Step& step, size_t index, std::vector<Tensor> inputs,
                                      Run& run) {
    const graph::Body& body = step.node->bodies.at(index);
    if (inputs.size() != body.inputs.size())
        throw Error(ErrorCode::BadInput, fmt::format("{} has {} inputs, not {}", body.attribute,
                                                     body.inputs.size(), inputs.size()));
    run.cancel->check();
    for (size_t i = 0; i < inputs.size(); ++i)
        run.set(body.inputs[i], std::move(inputs[i]));
    runSteps(step.bodies.at(index), run);
    std::vector<Tensor> outputs;
    for (const ValueId output : body.outputs)
        outputs.push_back(rowMajorOf(output, run));
    for (const ValueId input : body.inputs)
        run.set(input, {});
    for (const Node& node : body.nodes)
        for (const ValueId output : node.outputs)
            if (output.isValid())
                run.set(output, {});
    return outputs;
}

void Executor::runAll(const std::map<std::string, Tensor>& inputs, Run& run) {
    const PackedWeights::Scope packed(*m_packed);
    bindInputs(inputs, run);
    for (const ValueId id : m_graph.inputs)
        if (run.observer && run.observer->wants(id))
            run.observer->observe(id, run.values[id.value()]);
    runSteps(m_steps, run);
}

std::shared_ptr<MemoryBudget> Executor::budgetFor(
    const std::map<std::string, Tensor>& inputs) const {
    std::shared_ptr<MemoryBudget> budget = memoryBudget(m_weightBytes + bytesOf(inputs));
    if (m_mostBytes >= budget->limit())
        return budget;
    return std::make_shared<MemoryBudget>(m_mostBytes, "the run was given no more");
}

std::vector<Tensor> Executor::run(const std::map<std::string, Tensor>& inputs, Observer* observer,
                                  const CancellationToken& cancel) {
    const MemoryBudget::Scope scope(budgetFor(inputs));
    Run run{std::vector<Tensor>(m_graph.values.size()), observer, &cancel};
    runAll(inputs, run);
    std::vector<Tensor> outputs;
    for (const ValueId id : m_graph.outputs)
        outputs.push_back(m_device.toHost(rowMajorOf(id, run)));
    return outputs;
}

void Executor::runFor(const std::map<std::string, Tensor>& inputs, Observer& observer,
                      const CancellationToken& cancel) {
    const MemoryBudget::Scope scope(budgetFor(inputs));
    Run run{std::vector<Tensor>(m_graph.values.size()), &observer, &cancel};
    runAll(inputs, run);
}

}  // namespace clipscope::runtime
