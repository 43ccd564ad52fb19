// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/node_order.h"

#include <queue>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::graph {
namespace {

/// For each node, which others read its outputs; and how many outputs each one waits for.
struct Dependences {
    std::vector<std::vector<size_t>> readers;
    std::vector<int> waiting;
};

Dependences dependencesOf(const Graph& graph, const std::vector<Node>& nodes) {
    std::unordered_map<ValueId, size_t> producers;
    for (size_t n = 0; n < nodes.size(); ++n)
        for (const ValueId output : nodes[n].outputs)
            if (output.isValid() && !producers.try_emplace(output, n).second)
                throw Error(ErrorCode::BadInput,
                            fmt::format("{}: its output '{}' is produced twice",
                                        describe(graph, nodes[n]), graph[output].name));
    Dependences made{std::vector<std::vector<size_t>>(nodes.size()),
                     std::vector<int>(nodes.size())};
    const auto reads = [&](size_t n, ValueId value) {
        const auto producer = value.isValid() ? producers.find(value) : producers.end();
        if (producer == producers.end())
            return;
        made.readers[producer->second].push_back(n);
        ++made.waiting[n];
    };
    for (size_t n = 0; n < nodes.size(); ++n) {
        for (const ValueId input : nodes[n].inputs)
            reads(n, input);
        for (const ValueId captured : nodes[n].captured)
            reads(n, captured);
    }
    return made;
}

}  // namespace

void orderNodes(const Graph& graph, std::vector<Node>& nodes) {
    Dependences dependences = dependencesOf(graph, nodes);
    std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
    for (size_t n = 0; n < nodes.size(); ++n)
        if (dependences.waiting[n] == 0)
            ready.push(n);
    std::vector<size_t> order;
    while (!ready.empty()) {
        const size_t n = ready.top();
        ready.pop();
        order.push_back(n);
        for (const size_t reader : dependences.readers[n])
            if (--dependences.waiting[reader] == 0)
                ready.push(reader);
    }
    for (size_t n = 0; n < nodes.size(); ++n)
        if (dependences.waiting[n] > 0)
            throw Error(ErrorCode::BadInput,
                        fmt::format("{} depends on its own output: the graph has a cycle",
                                    describe(graph, nodes[n])));
    std::vector<Node> sorted;
    sorted.reserve(nodes.size());
    for (const size_t n : order)
        sorted.push_back(std::move(nodes[n]));
    nodes = std::move(sorted);
}

}  // namespace clipscope::graph
