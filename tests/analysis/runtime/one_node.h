// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/graph/graph.h"

namespace clipscope {

/// A graph of one float input and one value produced by `op`.
inline graph::Graph oneNode(const std::string& op, const std::string& domain = "") {
    graph::Graph graph;
    graph.values.push_back({.name = "x", .type = DType::Float32});
    graph.values.push_back({.name = "y", .type = DType::Float32});
    graph.values[0].isInput = true;
    graph.values[1].producer = graph::NodeId(0);
    graph.nodes.push_back(
        {.name = "n", .type = op, .inputs = {graph::ValueId(0)}, .outputs = {graph::ValueId(1)}});
    graph.nodes[0].domain = domain;
    graph.nodes[0].opset = domain.empty() ? 17 : 1;
    return graph;
}

}  // namespace clipscope
