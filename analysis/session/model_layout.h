// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "analysis/graph/graph.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// Tensors and groups of a model as a session lists them, without statistics and settings.
struct ModelLayout {
    std::vector<TensorEntry> tensors;         ///< in graph order; their shapes are empty
    std::vector<TensorGroup> groups;          ///< of tensors that share a scale
    std::vector<graph::ValueId> values;       ///< by tensor; invalid for absent outputs
    std::vector<graph::ValueId> activations;  ///< in graph order
    std::vector<size_t> tensorOf;             ///< by activation
};

ModelLayout layOutModel(const graph::Graph& graph);

/// Writes into the session which model it belongs to and which tool made it. Throws Error(Io).
void identifyModel(Session& session, const std::filesystem::path& model);

}  // namespace clipscope::session
