// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/graph/graph.h"

namespace clipscope::runtime {

/// Throws Error(Unsupported) that names the first node without an operator, also inside bodies, and
/// which other types have none.
void requireSupported(const graph::Graph& graph);

/// What a message about the node adds where its opset is none of those that Clipscope is made for;
/// else empty.
std::string opsetAdvice(const graph::Node& node);

}  // namespace clipscope::runtime
