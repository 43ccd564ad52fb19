// SPDX-License-Identifier: Apache-2.0
#include "app/cli/listing.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/formats/tensor_row_json.h"
#include "analysis/session/tensor_figures.h"
#include "app/cli/command.h"
#include "app/cli/console.h"

namespace clipscope::cli {
namespace {

using formats::TensorRow;

/// "·" for none, as bits lost are shown.
std::string bits(const std::optional<double>& value) {
    return value ? *value < 0.05 ? "·" : fmt::format("{:.1f}", *value) : "";
}

std::string rangeOf(const TensorRow& row) {
    if (row.isFloat)
        return "float";
    if (row.isAffine)
        return fmt::format("{}…{}", significant(row.lo.value_or(0)),
                           significant(row.hi.value_or(0)));
    return row.threshold ? significant(static_cast<double>(*row.threshold)) : "";
}

std::string marks(const TensorRow& row) {
    std::string text;
    auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
    if (row.edited)
        add("edited");
    if (!row.group.empty() && row.group != row.name)
        add("shares the scale of " + row.group);
    if (!row.reason.empty())
        add(row.reason);
    return text;
}

}  // namespace

void printListing(const session::Session& session, const std::vector<TensorRow>& rows) {
    TextTable table({{"Tensor"},
                     {"Op"},
                     {"Method"},
                     {"amax", true},
                     {"T", true},
                     {"scale hex"},
                     {"SQNR dB", true},
                     {"Clip %", true},
                     {"Bits lost", true},
                     {"Affine gain dB", true},
                     {"Notes"}});
    for (const TensorRow& row : rows) {
        if (!row.hasStatistics) {
            table.add({row.name, row.op, "", "", "", "", "", "", "", "", row.reason});
            continue;
        }
        table.add({row.name, row.op, row.method,
                   significant(static_cast<double>(row.amax.value_or(0))), rangeOf(row), row.hex,
                   row.sqnrDb ? decibels(*row.sqnrDb) : "",
                   row.clipPercent ? percent(*row.clipPercent) : "", bits(row.bitsLost),
                   row.affineGainDb ? decibels(*row.affineGainDb) : "", marks(row)});
    }
    table.print();
    if (std::ranges::any_of(session.tensors, [](const auto& t) { return t.current.unstable; }))
        print(
            "unstable: the divergence jumps or is infinite near its minimum, so T depends on few "
            "values; compare 'clipscope thresholds', add samples, or run --two-pass.");
    print(fmt::format("{}; {} samples{}", session::scaleSummary(session), session.samples.size(),
                      session.isPartial ? ", partial" : ""));
}

nlohmann::ordered_json listingJson(std::string_view command, const session::Session& session,
                                   const std::vector<TensorRow>& rows) {
    nlohmann::ordered_json json = jsonHeader(command);
    json["model"] = session.modelName;
    json["method"] = session.method;
    json["partial"] = session.isPartial;
    json["samples"] = session.samples.size();
    json["summary"] = session::scaleSummary(session);
    json["warnings"] = session.notes;
    auto& skipped = json["skipped"] = nlohmann::ordered_json::array();
    for (const session::SkippedSample& sample : session.skipped)
        skipped.push_back({{"id", sample.id}, {"reason", sample.reason}});
    auto& tensors = json["tensors"] = nlohmann::ordered_json::array();
    for (const TensorRow& row : rows)
        tensors.push_back(formats::toJson(row));
    return json;
}

}  // namespace clipscope::cli
