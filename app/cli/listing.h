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

}  // namespace clipscope::cli
