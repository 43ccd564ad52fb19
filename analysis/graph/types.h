// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/graph/graph.h"

namespace clipscope::graph {

/// The element type of a node's output, from the ONNX operator's definition and its input types;
/// Undefined where an input that decides is.
DType inferOutputType(const Graph& graph, const Node& node, size_t output);

}  // namespace clipscope::graph
