// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "analysis/base/cancellation.h"
#include "analysis/formats/tensor_row.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// How much of a row to compute: what a range file holds, or also what the setting costs.
enum class RowDetail { Settings, Errors };

/// One tensor with everything a listing can show: statistics, current setting, and what it costs.
/// Tensors without a scale carry name, type, shape and the reason.
formats::TensorRow makeRow(const Session& session, size_t tensor,
                           RowDetail detail = RowDetail::Errors);

/// All tensors in graph order; computed in parallel.
std::vector<formats::TensorRow> makeRows(const Session& session,
                                         RowDetail detail = RowDetail::Errors,
                                         const CancellationToken& cancel = {});

}  // namespace clipscope::session
