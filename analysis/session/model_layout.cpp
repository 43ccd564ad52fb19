// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/model_layout.h"

#include <utility>

#include <fmt/format.h>

#include "analysis/base/version.h"
#include "analysis/graph/coverage.h"
#include "analysis/graph/scale_groups.h"

namespace clipscope::session {

using graph::ValueId;

ModelLayout layOutModel(const graph::Graph& graph) {
    ModelLayout layout;
    std::vector<int> tensorOfValue(graph.values.size(), -1);
    for (graph::ValueCoverage& row : graph::coverage(graph)) {
        TensorEntry tensor;
        tensor.name = std::move(row.name);
        tensor.op = std::move(row.op);
        tensor.coverage = row.kind;
        tensor.tensorRt = row.tensorRt;
        tensor.coverageReason = std::move(row.reason);
        if (row.value.isValid())
            tensor.type = graph[row.value].type;
        if (tensor.isActivation()) {
            tensorOfValue[row.value.value()] = static_cast<int>(layout.tensors.size());
            layout.activations.push_back(row.value);
            layout.tensorOf.push_back(layout.tensors.size());
        }
        layout.values.push_back(row.value);
        layout.tensors.push_back(std::move(tensor));
    }
    auto indices = [&](const std::vector<ValueId>& values) {
        std::vector<size_t> out;
        for (const ValueId id : values)
            out.push_back(static_cast<size_t>(tensorOfValue[id.value()]));
        return out;
    };
    for (const graph::ScaleGroup& group : graph::scaleGroups(graph, layout.activations)) {
        for (const size_t member : indices(group.members))
            layout.tensors[member].group = static_cast<int>(layout.groups.size());
        layout.groups.push_back(
            {graph[group.sources.front()].name, indices(group.members), indices(group.sources)});
    }
    return layout;
}

void identifyModel(Session& session, const std::filesystem::path& model, std::string sha256) {
    session.toolVersion = fmt::format("clipscope {}", kVersion);
    session.modelName = model.filename().string();
    session.modelPath = model.string();
    session.modelSha256 = std::move(sha256);
}

}  // namespace clipscope::session
