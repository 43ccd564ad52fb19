// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
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

/// Writes into the session which model it belongs to, by the sum of its bytes as well
/// (model_identity.h), and which tool made it.
void identifyModel(Session& session, const std::filesystem::path& model, std::string sha256);

}  // namespace clipscope::session
