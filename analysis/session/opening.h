// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "analysis/session/session.h"

namespace clipscope::session {

/// A session of a model that no sample has run through yet: every value with its operator, type,
/// declared shape (-1 where dynamic; empty where the file does not say) and coverage, in graph
/// order. No statistics, no settings. Throws Error: not a model, a bad one.
Session openModel(const std::filesystem::path& model);

/// Somebody's range file (the format is detected) as a session without statistics: each line a
/// tensor with its scale as setting, the header kept, what is odd in the file as notes. A line
/// whose scale cannot be used (zero, NaN, negative) is listed without a setting, its reason in it.
/// With a model: its values in graph order, each with the file's scale; activations that the file
/// lacks are Missing; lines that name nothing in the model come last as Extra.
/// Throws Error: not a range file, not a model.
Session openRanges(const std::filesystem::path& ranges,
                   const std::optional<std::filesystem::path>& model = {});

}  // namespace clipscope::session
