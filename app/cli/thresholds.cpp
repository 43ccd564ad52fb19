// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/thresholds.h"

#include <cmath>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/parallel.h"
#include "analysis/quantization/error.h"
#include "analysis/session/rows.h"
#include "analysis/session/session_file.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/listing.h"

namespace clipscope::cli {
namespace {

using nlohmann::ordered_json;
using session::TensorEntry;

struct ThresholdOptions {
    std::string session;
    std::string method;
    std::vector<std::string> parameters;
    bool noGroups = false;
    std::string output;
};

/// What one method chooses for one tensor alone.
struct Choice {
    threshold::Result result;
    double sqnrDb = 0;
};

std::vector<std::vector<Choice>> choicesOf(const session::Session& session,
                                           const CancellationToken& cancel) {
    std::vector<std::vector<Choice>> choices(session.tensors.size());
    parallelFor(static_cast<int64_t>(choices.size()), 1, [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            cancel.check();
            const TensorEntry& tensor = session.tensors[static_cast<size_t>(i)];
            if (!tensor.isActivation())
                continue;
            const threshold::Distribution distribution(tensor.statistics);
            for (const threshold::Method& method : threshold::methods()) {
                Choice choice{threshold::compute(method, distribution), 0};
                choice.sqnrDb = quantization::evaluate(
                                    distribution.density(),
                                    quantization::symmetricQuantizer(choice.result.threshold))
                                    .sqnrDb();
                choices[static_cast<size_t>(i)].push_back(std::move(choice));
            }
        }
    });
    return choices;
}

/// Every method's threshold for every tensor; changes nothing.
void compareMethods(const ThresholdOptions& options, const Context& context) {
    const session::Session session = session::loadSession(options.session);
    const auto choices = choicesOf(session, context.cancel);
    if (context.json) {
        ordered_json json = jsonHeader("thresholds");
        json["tensors"] = ordered_json::array();
        for (size_t i = 0; i < choices.size(); ++i) {
            if (choices[i].empty())
                continue;
            ordered_json row = {{"name", session.tensors[i].name}};
            for (size_t m = 0; m < choices[i].size(); ++m) {
                const Choice& choice = choices[i][m];
                row["methods"][std::string(threshold::methods()[m].id)] = {
                    {"threshold", choice.result.threshold},
                    {"sqnr_db",
                     std::isfinite(choice.sqnrDb) ? ordered_json(choice.sqnrDb) : ordered_json()},
                    {"reason", choice.result.reason},
                    {"unstable", choice.result.unstable}};
            }
            json["tensors"].push_back(std::move(row));
        }
        return printJson(json);
    }
    std::vector<TextTable::Column> columns{{"Tensor"}, {"amax", true}};
    for (const threshold::Method& method : threshold::methods())
        columns.push_back({std::string(method.id), true});
    columns.push_back({"Notes"});
    TextTable table(columns);
    for (size_t i = 0; i < choices.size(); ++i) {
        if (choices[i].empty())
            continue;
        const TensorEntry& tensor = session.tensors[i];
        std::vector<std::string> cells{
            tensor.name, significant(static_cast<double>(tensor.statistics.histogram.amax()))};
        std::string notes;
        for (size_t m = 0; m < choices[i].size(); ++m) {
            const Choice& choice = choices[i][m];
            cells.push_back(fmt::format("{} ({})", significant(choice.result.threshold),
                                        decibels(choice.sqnrDb)));
            const std::string note = choice.result.unstable ? "unstable" : choice.result.reason;
            if (!note.empty())
                notes += fmt::format("{}{}: {}", notes.empty() ? "" : "; ",
                                     threshold::methods()[m].id, note);
        }
        cells.push_back(notes);
        table.add(cells);
    }
    table.print();
    print("T of each method for the tensor alone, and SQNR in dB in brackets.");
}

void storeMethod(const ThresholdOptions& options, const Context& context) {
    session::Session session = session::loadSession(options.session);
    std::vector<std::string> kept;
    for (const TensorEntry& tensor : session.tensors)
        if (tensor.isEdited())
            kept.push_back(tensor.name);
    session::computeThresholds(session, threshold::findMethod(options.method),
                               parseParameters(options.parameters), !options.noGroups,
                               context.cancel);
    session::saveSession(session, options.output.empty() ? options.session : options.output);
    for (const std::string& name : kept)
        warn(fmt::format("'{}' was edited by hand and keeps its threshold (set --reset undoes it)",
                         name));
    const auto rows = session::makeRows(session, session::RowDetail::Errors, context.cancel);
    if (context.json)
        return printJson(listingJson("thresholds", session, rows));
    printListing(session, rows);
}

}  // namespace

void addThresholds(CLI::App& app, Context& context) {
    CLI::App& command = addCommand(
        app, context, "thresholds",
        "Compares the thresholds of every method; with --method computes all thresholds anew and\n"
        "stores them in the session (or in -o). Hand edits stay.",
        "clipscope thresholds lenet.clipscope --method percentile --param p=99.99");
    command.footer(command.get_footer() + "\n\n" + methodsHelp());
    auto options = std::make_shared<ThresholdOptions>();
    command.add_option("session", options->session, "Session file")->required();
    auto* method =
        command.add_option("--method", options->method, "Store this method's thresholds");
    command.add_option("--param", options->parameters, "Parameter of the method, name=value")
        ->needs(method);
    command.add_flag("--no-groups", options->noGroups, "Give every tensor a scale of its own")
        ->needs(method);
    command.add_option("-o,--output", options->output, "Write the session here instead")
        ->needs(method);
    command.callback([options, &context] {
        if (options->method.empty())
            compareMethods(*options, context);
        else
            storeMethod(*options, context);
    });
}

}  // namespace clipscope::cli
