// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "analysis/formats/tensor_row.h"
#include "analysis/session/session.h"

namespace clipscope::cli {

/// The tensors of a session as a table, with the summary line of its coverage.
void printListing(const session::Session& session, const std::vector<formats::TensorRow>& rows);

/// {"clipscope": 1, "command": ..., "model", "partial", "tensors": [...]}.
nlohmann::ordered_json listingJson(std::string_view command, const session::Session& session,
                                   const std::vector<formats::TensorRow>& rows);

/// "9 of 14 tensors get a scale: 3 shape, 1 integer".
std::string coverageSummary(const session::Session& session);

}  // namespace clipscope::cli
