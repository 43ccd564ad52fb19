// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/graph_links.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/graph/types.h"

namespace clipscope::graph {
namespace {

[[noreturn]] void producedTwice(const Graph& graph, const Node& node, ValueId output) {
    throw Error(ErrorCode::BadInput, fmt::format("{}: its output '{}' is produced twice",
                                                 describe(graph, node), graph[output].name));
}

void produce(Graph& graph, const Node& node, NodeId id) {
    for (const ValueId output : node.outputs)
        if (output.isValid())
            graph[output].producer = id;
    for (const Body& body : node.bodies) {
        for (const ValueId input : body.inputs)
            graph[input].producer = id;
        for (const Node& inner : body.nodes)
            produce(graph, inner, id);
    }
}

}  // namespace

bool isAvailable(const Value& value) {
    return value.isInput || value.initializer.isDefined();
}

void requireAvailable(const Graph& graph) {
    std::vector<bool> produced(graph.values.size(), false);
    for (const Node& node : graph.nodes)
        for (const ValueId output : node.outputs) {
            if (!output.isValid())
                continue;
            if (isAvailable(graph[output]))
                producedTwice(graph, node, output);
            produced[output.value()] = true;
        }
    const auto require = [&](const Node& node, ValueId id) {
        if (id.isValid() && !produced[id.value()] && !isAvailable(graph[id]))
            throw Error(ErrorCode::BadInput, fmt::format("{} reads '{}', which nothing produces",
                                                         describe(graph, node), graph[id].name));
    };
    for (const Node& node : graph.nodes) {
        for (const ValueId input : node.inputs)
            require(node, input);
        for (const ValueId captured : node.captured)
            require(node, captured);
    }
}

void requireFresh(const Graph& graph, const Body& body) {
    const std::unordered_set<ValueId> inputs(body.inputs.begin(), body.inputs.end());
    for (const Node& node : body.nodes)
        for (const ValueId output : node.outputs)
            if (output.isValid() &&
                (inputs.contains(output) || graph[output].initializer.isDefined()))
                producedTwice(graph, node, output);
}

void capture(const Graph& graph, const Body& body, Node& node) {
    std::unordered_set<ValueId> known(node.captured.begin(), node.captured.end());
    known.insert(body.inputs.begin(), body.inputs.end());
    for (const Node& inner : body.nodes)
        known.insert(inner.outputs.begin(), inner.outputs.end());
    const auto read = [&](ValueId id) {
        if (id.isValid() && !graph[id].initializer.isDefined() && known.insert(id).second)
            node.captured.push_back(id);
    };
    for (const Node& inner : body.nodes) {
        std::ranges::for_each(inner.inputs, read);
        std::ranges::for_each(inner.captured, read);
    }
    std::ranges::for_each(body.outputs, read);
}

void connect(Graph& graph) {
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
        const Node& node = graph.nodes[n];
        produce(graph, node, NodeId(n));
        for (const ValueId input : node.inputs)
            if (input.isValid())
                graph[input].consumers.push_back(NodeId(n));
        for (const ValueId captured : node.captured)
            graph[captured].consumers.push_back(NodeId(n));
    }
}

void inferTypes(Graph& graph, const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
        for (const Body& body : node.bodies)
            inferTypes(graph, body.nodes);
        for (size_t i = 0; i < node.outputs.size(); ++i)
            if (node.outputs[i].isValid() && graph[node.outputs[i]].type == DType::Undefined)
                graph[node.outputs[i]].type = inferOutputType(graph, node, i);
    }
}

}  // namespace clipscope::graph
