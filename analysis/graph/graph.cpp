// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/graph.h"

#include <fmt/format.h>

namespace clipscope::graph {

ValueId Graph::find(std::string_view valueName) const {
    const auto it = byName.find(std::string(valueName));
    return it == byName.end() ? ValueId() : it->second;
}

std::string describe(const Graph& graph, const Node& node) {
    if (!node.name.empty())
        return fmt::format("{} node '{}'", node.type, node.name);
    for (const ValueId output : node.outputs)
        if (output.isValid())
            return fmt::format("{} node of '{}'", node.type, graph[output].name);
    return fmt::format("{} node without a name", node.type);
}

}  // namespace clipscope::graph
