// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/graph/graph.h"

namespace clipscope::graph {

/// Puts the nodes in an order in which they can run, their own where it is one. `graph` gives
/// names: Error(BadInput) for a node that depends on its own output, or an output produced twice.
void orderNodes(const Graph& graph, std::vector<Node>& nodes);

}  // namespace clipscope::graph
