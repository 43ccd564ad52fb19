// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "analysis/session/session.h"

namespace clipscope::session {

/// The order of samples in a session: by source, then by the number behind '#'.
bool sampleIdLess(std::string_view a, std::string_view b);

/// Puts a session's samples in that order; statistics follow. So the state does not depend on the
/// order in which samples were run, and of equal amax the smallest id counts.
void sortSamples(Session& session);

/// Joins calibrations of the same model on different samples (shards, later additions) into what
/// one run over all samples gives, to the bit, and computes the thresholds anew with the first
/// part's method and options. Edits of the first part stay. Throws Error(BadInput) where the parts
/// come from different models or recipes, or share a sample. Exact bins (two-pass) survive only
/// where the parts have the same amax: a note says so.
Session mergeSessions(std::vector<Session> parts);

}  // namespace clipscope::session
