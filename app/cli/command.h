// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>
#include <nlohmann/json_fwd.hpp>

#include "analysis/base/cancellation.h"
#include "analysis/threshold/method.h"

namespace clipscope::cli {

/// Exit statuses of every command.
enum ExitStatus { kDone = 0, kFindings = 1, kWrong = 2, kCancelled = 3 };

/// What commands share: the options that all have, and how they end.
struct Context {
    bool json = false;
    int threads = 0;
    int status = kDone;
    CancellationToken cancel;  ///< raised by Ctrl+C
};

/// Each adds its subcommand; the callback runs when it was chosen. The table is in main.cpp.
void addCalibrate(CLI::App& app, Context& context);
void addInspect(CLI::App& app, Context& context);
void addThresholds(CLI::App& app, Context& context);
void addCurve(CLI::App& app, Context& context);
void addSet(CLI::App& app, Context& context);
void addExport(CLI::App& app, Context& context);
void addMerge(CLI::App& app, Context& context);
void addRun(CLI::App& app, Context& context);
void addSelftest(CLI::App& app, Context& context);

/// A subcommand with --json, --threads, a description and an example for its --help.
CLI::App& addCommand(CLI::App& app, Context& context, const char* name, const char* description,
                     const char* example);

/// {"clipscope": 1, "command": name}: what every --json output starts with.
nlohmann::ordered_json jsonHeader(std::string_view command);

/// Throws Error(Usage) where `output` is the same file as one of `inputs`, which it would destroy.
/// Empty names are no files.
void refuseToReplace(const std::string& output, const std::vector<std::string>& inputs);

/// "k=v" pairs of --param. Throws Error(Usage).
threshold::Parameters parseParameters(const std::vector<std::string>& pairs);

/// What --method's help says: every method with its summary and parameters.
std::string methodsHelp();

}  // namespace clipscope::cli
