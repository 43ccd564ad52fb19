// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/graph/graph.h"

/// How the nodes of a graph that has been read hang together.
namespace clipscope::graph {

/// The value is there before any node has run.
bool isAvailable(const Value& value);

/// Throws Error(BadInput) where a node of the graph reads what is neither an input, a constant nor
/// some node's output, or writes to one that is.
void requireAvailable(const Graph& graph);

/// Throws Error(BadInput) where a node of the body writes to one of its inputs or to a weight.
void requireFresh(const Graph& graph, const Body& body);

/// Adds what the body reads and does not make itself to what its node captures.
void capture(const Graph& graph, const Body& body, Node& node);

/// Sets the producers and consumers of all values; what a body's nodes make has the node that the
/// body belongs to.
void connect(Graph& graph);

/// Sets the types of the outputs, bodies included, that the file does not declare.
void inferTypes(Graph& graph, const std::vector<Node>& nodes);

}  // namespace clipscope::graph
