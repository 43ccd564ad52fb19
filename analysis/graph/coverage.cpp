// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/coverage.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace clipscope::graph {
namespace {

using std::string_view;

template <size_t N>
bool isOneOf(const std::array<string_view, N>& list, string_view type) {
    return std::ranges::find(list, type) != list.end();
}

// NVIDIA TensorRT documentation, "Types of fusions": an activation is computed by the layer before.
constexpr std::array<string_view, 4> kFusesInto = {"Conv", "ConvTranspose", "Gemm", "MatMul"};
constexpr std::array<string_view, 8> kFusedActivations = {
    "Relu", "Clip", "LeakyRelu", "Sigmoid", "Tanh", "HardSwish", "HardSigmoid", "Elu"};
constexpr std::array<string_view, 4> kPointwise = {"Add", "BatchNormalization", "Mul", "Sub"};

// NVIDIA TensorRT documentation, "Layer and precision": layers without an INT8 implementation.
constexpr std::array<string_view, 24> kNoInt8 = {"Softmax",
                                                 "LogSoftmax",
                                                 "LayerNormalization",
                                                 "InstanceNormalization",
                                                 "Exp",
                                                 "Log",
                                                 "Sqrt",
                                                 "Pow",
                                                 "ReduceMax",
                                                 "ReduceSum",
                                                 "ReduceMean",
                                                 "ReduceMin",
                                                 "ReduceProd",
                                                 "ReduceL2",
                                                 "TopK",
                                                 "NonMaxSuppression",
                                                 "LSTM",
                                                 "GRU",
                                                 "RNN",
                                                 "Sin",
                                                 "Cos",
                                                 "Erf",
                                                 "LRN",
                                                 "GroupNormalization"};

/// For each value: constant in every run; depends on the data of an input (not only on its shape).
struct Dependence {
    std::vector<bool> constant;
    std::vector<bool> onData;
};

/// What the nodes make of the values known so far; those of a body all depend on what it reads.
void addDependence(const Graph& graph, const std::vector<Node>& nodes, Dependence& d) {
    for (const Node& node : nodes) {
        const bool cuts = node.domain.empty() && (node.type == "Shape" || node.type == "Size");
        bool constant = true;
        bool onData = false;
        const auto reads = [&](ValueId input) {
            if (!input.isValid())
                return;
            constant = constant && d.constant[input.value()];
            onData = onData || d.onData[input.value()];
        };
        std::ranges::for_each(node.inputs, reads);
        std::ranges::for_each(node.captured, reads);
        for (const Body& body : node.bodies) {
            for (const ValueId input : body.inputs) {
                d.constant[input.value()] = constant;
                d.onData[input.value()] = onData;
            }
            addDependence(graph, body.nodes, d);
        }
        for (const ValueId output : node.outputs)
            if (output.isValid()) {
                d.constant[output.value()] = constant;
                d.onData[output.value()] = onData && !cuts;
            }
    }
}

Dependence dependence(const Graph& graph) {
    Dependence d{std::vector<bool>(graph.values.size()), std::vector<bool>(graph.values.size())};
    for (size_t v = 0; v < graph.values.size(); ++v) {
        d.constant[v] = graph.values[v].initializer.isDefined();
        d.onData[v] = graph.values[v].isInput;
    }
    addDependence(graph, graph.nodes, d);
    return d;
}

/// The only reader of a value that no output of the graph shows, or null.
const Node* onlyReader(const Graph& graph, const Value& value) {
    return !value.isOutput && value.consumers.size() == 1 ? &graph[value.consumers.front()]
                                                          : nullptr;
}

bool endsInWeightedLayer(const Graph& graph, const Node& node) {
    if (isOneOf(kFusesInto, node.type))
        return true;
    if (!isOneOf(kPointwise, node.type))
        return false;
    return std::ranges::any_of(node.inputs, [&](ValueId input) {
        if (!input.isValid() || !graph[input].producer.isValid())
            return false;
        const Value& value = graph[input];
        return isOneOf(kFusesInto, graph[value.producer].type) && onlyReader(graph, value);
    });
}

void judgeTensorRt(const Graph& graph, const Value& value, ValueCoverage& row) {
    if (!value.producer.isValid())
        return;
    const Node& node = graph[value.producer];
    const Node* reader = onlyReader(graph, value);
    const bool pointwiseNext =
        reader && isOneOf(kPointwise, reader->type) && isOneOf(kFusesInto, node.type);
    const bool activationNext =
        reader && isOneOf(kFusedActivations, reader->type) && endsInWeightedLayer(graph, node);
    if ((activationNext || pointwiseNext) && reader->outputs[0].isValid()) {
        row.tensorRt = TensorRtUse::FusedAway;
        row.reason = fmt::format("TensorRT fuses it into '{}' ({} + {})",
                                 graph[reader->outputs[0]].name, node.type, reader->type);
    } else if (isOneOf(kNoInt8, node.type)) {
        row.tensorRt = TensorRtUse::StaysFloat;
        row.reason = fmt::format("TensorRT has no INT8 {}: the layer stays in float", node.type);
    }
}

CoverageClass classify(const Value& value, bool constant, bool onData) {
    if (constant)
        return CoverageClass::Constant;
    switch (value.type) {
        case DType::Bool:
            return CoverageClass::Boolean;
        case DType::String:
        case DType::Undefined:
            return CoverageClass::OtherType;
        default:
            break;
    }
    if (isNarrow(value.type) && !isNarrowInteger(value.type))
        return CoverageClass::OtherType;
    if (!isFloat(value.type))
        return CoverageClass::Integer;
    return onData ? CoverageClass::Activation : CoverageClass::ShapeComputation;
}

std::string reasonFor(CoverageClass kind, const Value& value) {
    switch (kind) {
        case CoverageClass::Constant:
            return "it is the same in every run: a weight or a folded constant";
        case CoverageClass::ShapeComputation:
            return "it is computed from shapes, not from data";
        case CoverageClass::Integer:
        case CoverageClass::Boolean:
            return fmt::format("it is {}, which is not quantized", name(value.type));
        case CoverageClass::OtherType:
            return fmt::format("its element type is {}", name(value.type));
        case CoverageClass::Activation:
        case CoverageClass::AbsentOutput:
            break;
    }
    return "";
}

}  // namespace

std::vector<ValueCoverage> coverage(const Graph& graph) {
    const Dependence depends = dependence(graph);
    std::vector<ValueCoverage> rows;
    auto add = [&](ValueId id, std::string op) {
        const Value& value = graph[id];
        ValueCoverage row{.value = id, .name = value.name, .op = std::move(op)};
        row.kind = classify(value, depends.constant[id.value()], depends.onData[id.value()]);
        row.reason = reasonFor(row.kind, value);
        if (row.kind == CoverageClass::Activation)
            judgeTensorRt(graph, value, row);
        rows.push_back(std::move(row));
    };
    for (const ValueId input : graph.inputs)
        add(input, "Input");
    const std::function<void(const Node&)> addOutputs = [&](const Node& node) {
        for (const Body& body : node.bodies)
            std::ranges::for_each(body.nodes, addOutputs);
        for (size_t i = 0; i < node.outputs.size(); ++i) {
            if (node.outputs[i].isValid()) {
                add(node.outputs[i], node.type);
                continue;
            }
            rows.push_back({.value = {},
                            .name = fmt::format("(output {} of {})", i, describe(graph, node)),
                            .op = node.type,
                            .kind = CoverageClass::AbsentOutput,
                            .tensorRt = TensorRtUse::Uses,
                            .reason = "an optional output that the model does not use"});
        }
    };
    std::ranges::for_each(graph.nodes, addOutputs);
    return rows;
}

std::string_view coverageWord(CoverageClass kind, TensorRtUse tensorRt) {
    if (kind != CoverageClass::Activation)
        return name(kind);
    return tensorRt == TensorRtUse::FusedAway    ? "fused"
           : tensorRt == TensorRtUse::StaysFloat ? "float"
                                                 : "scale";
}

std::string summarize(const std::vector<ValueCoverage>& rows) {
    // Told in the order of their first number: what TensorRT does, then the classes.
    std::map<std::pair<int, std::string_view>, size_t> counts;
    size_t scaled = 0;
    for (const ValueCoverage& row : rows) {
        const bool isActivation = row.kind == CoverageClass::Activation;
        if (isActivation && row.tensorRt == TensorRtUse::Uses)
            ++scaled;
        else
            ++counts[{isActivation && row.tensorRt == TensorRtUse::FusedAway
                          ? -1
                          : static_cast<int>(row.kind),
                      coverageWord(row.kind, row.tensorRt)}];
    }
    std::string text = fmt::format("{} of {} tensors get a scale", scaled, rows.size());
    const char* separator = ": ";
    for (const auto& [key, count] : counts) {
        text += fmt::format("{}{} {}", separator, count, key.second);
        separator = ", ";
    }
    return text;
}

std::string_view name(CoverageClass kind) {
    switch (kind) {
        case CoverageClass::Activation:
            return "activation";
        case CoverageClass::Constant:
            return "constant";
        case CoverageClass::ShapeComputation:
            return "shape";
        case CoverageClass::Integer:
            return "integer";
        case CoverageClass::Boolean:
            return "boolean";
        case CoverageClass::OtherType:
            return "other type";
        case CoverageClass::AbsentOutput:
            return "absent";
    }
    return "";
}

}  // namespace clipscope::graph
