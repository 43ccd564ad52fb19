// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/supported_operators.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"
#include "analysis/runtime/op_context.h"
#include "analysis/runtime/registry.h"

namespace clipscope::runtime {
namespace {

using graph::Node;

/// The nodes without an operator, also inside bodies, one of each type.
struct Unsupported {
    std::vector<const Node*> nodes;
    std::unordered_set<std::string_view> types;

    void find(const std::vector<Node>& among) {
        for (const Node& node : among) {
            for (const graph::Body& body : node.bodies)
                find(body.nodes);
            if (!findOperator(node.domain, node.type, node.opset) && types.insert(node.type).second)
                nodes.push_back(&node);
        }
    }
};

}  // namespace

void requireSupported(const graph::Graph& graph) {
    constexpr size_t kMostListed = 20;
    Unsupported found;
    found.find(graph.nodes);
    if (found.nodes.empty())
        return;
    const Node& first = *found.nodes.front();
    std::string message = fmt::format("{} cannot run: Clipscope has no operator {}{}{} of opset {}",
                                      describe(graph, first), first.domain,
                                      first.domain.empty() ? "" : ".", first.type, first.opset);
    if (first.opset == 0)
        message += fmt::format("; the model imports no opset of the domain '{}'", first.domain);
    const size_t listed = std::min(found.nodes.size(), kMostListed + 1);
    if (listed > 1) {
        std::vector<std::string> others;
        for (size_t i = 1; i < listed; ++i)
            others.push_back(found.nodes[i]->type);
        const size_t more = found.nodes.size() - listed;
        message += fmt::format(" (nor {}{})", fmt::join(others, ", "),
                               more > 0 ? fmt::format(" and {} others", more) : "");
    }
    message += listed > 1 ? "; export or convert the model without them"
                          : "; export or convert the model without it";
    if (first.domain == "com.microsoft.nchwc")
        message +=
            "; ONNX Runtime saved the model for one kind of processor: save it with "
            "graph_optimization_level ORT_ENABLE_EXTENDED";
    throw Error(ErrorCode::Unsupported, message + opsetAdvice(first));
}

std::string opsetAdvice(const Node& node) {
    constexpr int kFirst = 7;
    constexpr int kLast = 25;
    if (!node.domain.empty() || node.opset == 0 || (node.opset >= kFirst && node.opset <= kLast))
        return "";
    return fmt::format(
        "; the model is of opset {}, Clipscope runs {} to {}: convert it, as with "
        "onnx.version_converter",
        node.opset, kFirst, kLast);
}

}  // namespace clipscope::runtime
