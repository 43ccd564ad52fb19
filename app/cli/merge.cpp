// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/merge.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "analysis/session/rows.h"
#include "analysis/session/session_file.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/listing.h"

namespace clipscope::cli {
namespace {

struct MergeOptions {
    std::vector<std::string> sessions;
    std::string output;
};

void runMerge(const MergeOptions& options, const Context& context) {
    std::vector<session::Session> parts;
    for (const std::string& path : options.sessions) {
        context.cancel.check();
        parts.push_back(session::loadSession(path));
    }
    const session::Session whole = session::mergeSessions(std::move(parts));
    session::saveSession(whole, options.output);
    const auto rows = session::makeRows(whole, session::RowDetail::Errors, context.cancel);
    if (context.json)
        return printJson(listingJson("merge", whole, rows));
    printListing(whole, rows);
    print("session: " + options.output);
}

}  // namespace

void addMerge(CLI::App& app, Context& context) {
    CLI::App& command =
        addCommand(app, context, "merge",
                   "Joins calibrations of one model on different samples, such as the shards of "
                   "--shard, into\n"
                   "what one run over all samples gives, to the bit.",
                   "clipscope merge part1.clipscope part2.clipscope -o whole.clipscope");
    auto options = std::make_shared<MergeOptions>();
    command.add_option("sessions", options->sessions, "Session files")->required()->expected(2, -1);
    command.add_option("-o,--output", options->output, "Session file to write")->required();
    command.callback([options, &context] { runMerge(*options, context); });
}

}  // namespace clipscope::cli
