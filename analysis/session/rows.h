// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
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

/// The same as if `current` were its setting: for threads that must not read what edits change.
formats::TensorRow makeRow(const Session& session, size_t tensor, const Setting& current,
                           RowDetail detail);

/// The current settings of all tensors, for the functions that take them by value.
std::vector<Setting> currentSettings(const Session& session);

/// All tensors in graph order; computed in parallel.
std::vector<formats::TensorRow> makeRows(const Session& session, std::span<const Setting> current,
                                         RowDetail detail, const CancellationToken& cancel = {});
std::vector<formats::TensorRow> makeRows(const Session& session,
                                         RowDetail detail = RowDetail::Errors,
                                         const CancellationToken& cancel = {});

}  // namespace clipscope::session
