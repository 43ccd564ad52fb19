// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "analysis/graph/graph.h"
#include "analysis/runtime/device.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::runtime {

using BodyRunner = std::function<std::vector<Tensor>(size_t body, std::vector<Tensor> inputs)>;

/// What an operator's function sees of one node at run time. Errors need not name the node: the
/// executor adds it.
class OpContext {
public:
    OpContext(const graph::Node& node, Device& device, std::span<const Tensor> inputs,
              std::span<const bool> inputIsConstant, NodeState& state)
        : m_node(node),
          m_device(device),
          m_inputs(inputs),
          m_constant(inputIsConstant),
          m_state(state),
          m_outputs(node.outputs.size()) {}

    const graph::Attributes& attributes() const { return m_node.attributes; }
    const graph::Node& node() const { return m_node; }
    int opset() const { return m_node.opset; }
    Device& device() { return m_device; }
    NodeState& state() { return m_state; }

    size_t inputCount() const { return m_inputs.size(); }
    size_t outputCount() const { return m_outputs.size(); }
    bool hasInput(size_t i) const { return i < m_inputs.size() && m_inputs[i].isDefined(); }
    bool hasOutput(size_t i) const { return i < m_outputs.size() && m_node.outputs[i].isValid(); }
    /// Throws Error(BadInput) where a required input is absent.
    const Tensor& input(size_t i) const;
    const Tensor* optionalInput(size_t i) const { return hasInput(i) ? &m_inputs[i] : nullptr; }
    /// The input has the same value in every run (an initializer or folded constant).
    bool isConstant(size_t i) const { return i < m_constant.size() && m_constant[i]; }

    /// A small integer input (axes, shape, starts...) on the host, as int64.
    std::vector<int64_t> ints(size_t i) const;
    /// A small input of any type (scales, regions...) on the host, as double.
    std::vector<double> doubles(size_t i) const;
    /// The attribute if the node has it, else the input `i` if it is there, else `fallback`.
    std::vector<int64_t> intsOf(std::string_view attribute, size_t i,
                                std::vector<int64_t> fallback = {}) const;

    /// Allocates output i on the device and returns it for writing; in the memory of an input that
    /// nobody else holds where that was allowed.
    Tensor& output(size_t i, DType type, const Shape& shape, Layout layout = Layout::RowMajor);
    void allowInPlace() { m_inPlace = true; }
    /// Output i shares the memory of `tensor` (Reshape, Identity...), or is a finished tensor.
    void setOutput(size_t i, Tensor tensor) { m_outputs.at(i) = std::move(tensor); }
    /// For nodes with bodies: the graph that they belong to, and what runs them.
    void setBodies(const graph::Graph& graph, BodyRunner runner) {
        m_graph = &graph;
        m_runBody = std::move(runner);
    }
    const graph::Value& value(graph::ValueId id) const { return (*m_graph)[id]; }
    /// Runs one of the node's bodies: its outputs, on the device. Polls for cancellation.
    std::vector<Tensor> runBody(size_t body, std::vector<Tensor> inputs) const {
        return m_runBody(body, std::move(inputs));
    }
    /// Throws Error(BadInput) where the node names an output that the operator did not make.
    void requireOutputs() const;
    std::vector<Tensor> takeOutputs() { return std::move(m_outputs); }

private:
    const graph::Node& m_node;
    Device& m_device;
    std::span<const Tensor> m_inputs;
    std::span<const bool> m_constant;
    NodeState& m_state;
    std::vector<Tensor> m_outputs;
    const graph::Graph* m_graph = nullptr;
    BodyRunner m_runBody;
    bool m_inPlace = false;
};

}  // namespace clipscope::runtime
