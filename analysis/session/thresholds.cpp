// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/thresholds.h"

#include <fmt/format.h>

#include "analysis/base/parallel.h"

namespace clipscope::session {
namespace {

using threshold::Distribution;
using threshold::Result;

Setting settingOf(const Result& result, const threshold::Method& method) {
    Setting setting = symmetricSetting(result.threshold, std::string(method.id));
    setting.reason = result.reason;
    setting.unstable = result.unstable;
    return setting;
}

/// The distribution of all sources of a group together.
histogram::TensorStatistics mergedStatistics(const Session& session, const TensorGroup& group) {
    histogram::TensorStatistics merged;
    for (const size_t source : group.sources)
        merged.histogram.merge(session.tensors[source].statistics.histogram);
    return merged;
}

/// What is to be computed once: a tensor of its own, or a group.
struct Unit {
    std::vector<size_t> members;
    const TensorGroup* group = nullptr;
};

std::vector<Unit> unitsOf(const Session& session, bool useGroups) {
    std::vector<Unit> units;
    std::vector<bool> isGrouped(session.tensors.size(), false);
    if (useGroups)
        for (const TensorGroup& group : session.groups) {
            units.push_back({group.members, &group});
            for (const size_t member : group.members)
                isGrouped[member] = true;
        }
    for (size_t i = 0; i < session.tensors.size(); ++i)
        if (session.tensors[i].isActivation() && !isGrouped[i])
            units.push_back({{i}, nullptr});
    return units;
}

Result computeUnit(const Session& session, const Unit& unit, const threshold::Method& method,
                   const threshold::Parameters& parameters) {
    if (unit.group && unit.group->sources.size() > 1) {
        const histogram::TensorStatistics merged = mergedStatistics(session, *unit.group);
        return threshold::compute(method, Distribution(merged), parameters);
    }
    const size_t source = unit.group ? unit.group->sources.front() : unit.members.front();
    return computeThreshold(session.tensors[source], method, parameters);
}

const std::vector<size_t>& membersToEdit(const Session& session, size_t tensor, bool wholeGroup,
                                         std::vector<size_t>& alone) {
    const int group = session.tensors[tensor].group;
    alone = {tensor};
    return wholeGroup && group >= 0 ? session.groups[static_cast<size_t>(group)].members : alone;
}

}  // namespace

Result computeThreshold(const TensorEntry& tensor, const threshold::Method& method,
                        const threshold::Parameters& parameters) {
    return threshold::compute(method, Distribution(tensor.statistics), parameters);
}

Setting computeSetting(const TensorEntry& tensor, const threshold::Method& method,
                       const threshold::Parameters& parameters) {
    return settingOf(computeThreshold(tensor, method, parameters), method);
}

SessionThresholds chooseThresholds(const Session& session, const threshold::Method& method,
                                   const threshold::Parameters& parameters, bool useGroups,
                                   const CancellationToken& cancel) {
    const std::vector<Unit> units = unitsOf(session, useGroups);
    SessionThresholds choice{std::string(method.id), parameters, useGroups, {}};
    choice.settings.resize(session.tensors.size());
    parallelForEach(static_cast<int64_t>(units.size()), [&](int64_t u) {
        cancel.check();
        const Unit& unit = units[static_cast<size_t>(u)];
        const Setting setting = settingOf(computeUnit(session, unit, method, parameters), method);
        for (const size_t member : unit.members)
            choice.settings[member] = setting;
    });
    return choice;
}

void applyChoice(Session& session, const SessionThresholds& choice) {
    for (size_t i = 0; i < session.tensors.size(); ++i) {
        TensorEntry& tensor = session.tensors[i];
        if (!tensor.isActivation())
            continue;
        if (!tensor.isEdited())
            tensor.current = choice.settings[i];
        tensor.original = choice.settings[i];
    }
    session.method = choice.method;
    session.parameters = choice.parameters;
    session.useGroups = choice.useGroups;
}

void computeThresholds(Session& session, const threshold::Method& method,
                       const threshold::Parameters& parameters, bool useGroups,
                       const CancellationToken& cancel) {
    applyChoice(session, chooseThresholds(session, method, parameters, useGroups, cancel));
}

std::vector<std::string> applyEdit(Session& session, size_t tensor, const Setting& setting,
                                   bool wholeGroup) {
    std::vector<size_t> alone;
    for (const size_t member : membersToEdit(session, tensor, wholeGroup, alone))
        session.tensors[member].current = setting;
    const int group = session.tensors[tensor].group;
    if (wholeGroup || group < 0)
        return {};
    std::vector<std::string> others;
    for (const size_t member : session.groups[static_cast<size_t>(group)].members)
        if (session.tensors[member].current.scale != setting.scale)
            others.push_back(session.tensors[member].name);
    if (others.empty())
        return {};
    std::string names = others.front();
    for (size_t i = 1; i < others.size(); ++i)
        names += ", " + others[i];
    return {
        fmt::format("'{}' shared its scale with {}; the group is now split, and TensorRT "
                    "may rescale between them. Editing the whole group changes all of them",
                    session.tensors[tensor].name, names)};
}

void resetEdit(Session& session, size_t tensor, bool wholeGroup) {
    std::vector<size_t> alone;
    for (const size_t member : membersToEdit(session, tensor, wholeGroup, alone))
        session.tensors[member].current = session.tensors[member].original;
}

}  // namespace clipscope::session
