// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "analysis/histogram/histogram.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// What tensors.json says of a histogram besides its bins.
struct TensorScalars {
    histogram::Histogram::State histogram;  ///< without bins
    std::optional<uint64_t> finiteCount;    ///< absent in files of the first versions
};

/// manifest.json and tensors.json. Reading throws nlohmann exceptions on missing or wrong fields;
/// session_file.cpp translates them.
nlohmann::ordered_json manifestToJson(const Session& session);
void manifestFromJson(const nlohmann::ordered_json& json, Session& session);
nlohmann::ordered_json tensorsToJson(const Session& session);
std::vector<TensorScalars> tensorsFromJson(const nlohmann::ordered_json& json, Session& session);

}  // namespace clipscope::session
