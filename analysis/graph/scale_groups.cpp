// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/scale_groups.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <string_view>

namespace clipscope::graph {
namespace {

constexpr std::array<std::string_view, 11> kPassThrough = {
    "MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze",
    "Slice",   "Split",   "Gather",  "Identity",  "Dropout"};

bool isPassThrough(const Node& node) {
    return node.domain.empty() && std::ranges::find(kPassThrough, node.type) != kPassThrough.end();
}

bool isConcat(const Node& node) {
    return node.domain.empty() && node.type == "Concat";
}

/// Disjoint sets over value indices.
class Sets {
public:
    explicit Sets(size_t count) : m_parent(count) {
        std::iota(m_parent.begin(), m_parent.end(), size_t{0});
    }
    size_t find(size_t i) {
        for (; m_parent[i] != i; i = m_parent[i])
            m_parent[i] = m_parent[m_parent[i]];
        return i;
    }
    void join(size_t a, size_t b) { m_parent[find(b)] = find(a); }

private:
    std::vector<size_t> m_parent;
};

}  // namespace

std::vector<ScaleGroup> scaleGroups(const Graph& graph, const std::vector<ValueId>& activations) {
    std::vector<bool> isActivation(graph.values.size(), false);
    for (const ValueId id : activations)
        isActivation[id.value()] = true;
    auto usable = [&](ValueId id) { return id.isValid() && isActivation[id.value()]; };

    Sets sets(graph.values.size());
    std::vector<bool> isDerived(graph.values.size(), false);
    for (const Node& node : graph.nodes) {
        if (!isPassThrough(node) && !isConcat(node))
            continue;
        std::vector<ValueId> inputs = node.inputs;
        if (!isConcat(node))
            inputs.resize(std::min<size_t>(1, inputs.size()));
        for (const ValueId output : node.outputs)
            for (const ValueId input : inputs)
                if (usable(input) && usable(output)) {
                    sets.join(input.value(), output.value());
                    isDerived[output.value()] = true;
                }
    }

    std::map<size_t, size_t> groupOfRoot;
    std::vector<ScaleGroup> groups;
    for (const ValueId id : activations) {
        const auto [it, isNew] = groupOfRoot.try_emplace(sets.find(id.value()), groups.size());
        if (isNew)
            groups.emplace_back();
        groups[it->second].members.push_back(id);
        if (!isDerived[id.value()])
            groups[it->second].sources.push_back(id);
    }
    std::erase_if(groups, [](const ScaleGroup& group) { return group.members.size() < 2; });
    return groups;
}

}  // namespace clipscope::graph
