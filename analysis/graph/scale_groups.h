// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/graph/graph.h"

namespace clipscope::graph {

/// Activations that must share one scale: input and output of operators that only move or select
/// values (MaxPool, Reshape, Flatten, Transpose, Squeeze, Unsqueeze, Slice, Split, Gather,
/// Identity, Dropout), and Concat with all its inputs.
struct ScaleGroup {
    std::vector<ValueId> members;  ///< in graph order, at least two
    std::vector<ValueId> sources;  ///< the members that none of those operators produces
};

/// The groups among `activations` (coverage.h), in graph order.
std::vector<ScaleGroup> scaleGroups(const Graph& graph, const std::vector<ValueId>& activations);

}  // namespace clipscope::graph
