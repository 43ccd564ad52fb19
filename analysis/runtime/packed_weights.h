// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/graph/graph.h"

namespace clipscope::runtime {

/// Whether input `i` of the node is a weight that devices repack into a layout of their own: those
/// of convolutions and matrix products. They are read once, in any alignment.
bool isPacked(const graph::Node& node, size_t i);

/// By value: float32 initializers that are read in that way only. They need no copy in memory
/// beside the packed one, and can stay in the mapped file.
std::vector<bool> packedWeights(const graph::Graph& graph);

}  // namespace clipscope::runtime
