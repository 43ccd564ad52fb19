// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/base/cancellation.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// What a method chooses for every tensor of a session.
struct SessionThresholds {
    std::string method;  ///< id
    threshold::Parameters parameters;
    bool useGroups = true;
    std::vector<Setting> settings;  ///< by tensor; those without a scale keep a default one
};

/// Runs `method` over all activations (in parallel) and resolves shared scale groups, reading
/// nothing but statistics and groups. A group takes its source's scale; one with several sources
/// (Concat) the method on their merged histograms.
SessionThresholds chooseThresholds(const Session& session, const threshold::Method& method,
                                   const threshold::Parameters& parameters, bool useGroups,
                                   const CancellationToken& cancel = {});

/// Stores a choice as each tensor's original setting. Tensors edited by hand keep their edit.
void applyChoice(Session& session, const SessionThresholds& choice);

/// Both at once.
void computeThresholds(Session& session, const threshold::Method& method,
                       const threshold::Parameters& parameters, bool useGroups,
                       const CancellationToken& cancel = {});

/// What the method gives for one tensor alone.
threshold::Result computeThreshold(const TensorEntry& tensor, const threshold::Method& method,
                                   const threshold::Parameters& parameters = {});

/// That as a setting, with the method's reason.
Setting computeSetting(const TensorEntry& tensor, const threshold::Method& method,
                       const threshold::Parameters& parameters = {});

/// An edit of one tensor (`wholeGroup`: of all that share its scale). Returns what the user should
/// be told, such as that the group is now split.
std::vector<std::string> applyEdit(Session& session, size_t tensor, const Setting& setting,
                                   bool wholeGroup);

/// Back to what the method chose.
void resetEdit(Session& session, size_t tensor, bool wholeGroup);

}  // namespace clipscope::session
