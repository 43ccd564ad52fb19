// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/export.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "analysis/formats/tensorrt_cache.h"
#include "analysis/session/session_file.h"
#include "app/cli/command.h"
#include "app/cli/console.h"

namespace clipscope::cli {
namespace {

struct ExportOptions {
    std::string input;
    std::string output;
    session::ExportSettings settings;
};

void runExport(const ExportOptions& options, const Context& context) {
    session::ExportReport report;
    if (session::isSessionFile(options.input)) {
        refuseToReplace(options.output, {options.input});
        report = session::exportSession(session::loadSession(options.input), options.output,
                                        options.settings);
    } else {
        report = session::exportRanges(options.input, options.output, options.settings);
    }
    if (context.json) {
        nlohmann::ordered_json json = jsonHeader("export");
        json["file"] = options.output;
        json["format"] = report.format;
        json["tensors"] = report.written;
        json["warnings"] = report.warnings;
        return printJson(json);
    }
    for (const std::string& warning : report.warnings)
        warn("warning: " + warning);
    print(fmt::format("{}: {} tensors, {}", options.output, report.written, report.format));
}

}  // namespace

void addExport(CLI::App& app, Context& context) {
    CLI::App& command = addCommand(
        app, context, "export",
        "Writes the thresholds of a session (or of a TensorRT cache, which keeps its every byte) "
        "as\n"
        "the file that a target reads. Formats: tensorrt (calibration cache), csv (everything),\n"
        "json (everything).",
        "clipscope export lenet.clipscope -o lenet.cache --format tensorrt");
    auto options = std::make_shared<ExportOptions>();
    command.add_option("input", options->input, "Session file or TensorRT cache")->required();
    command.add_option("-o,--output", options->output, "File to write")->required();
    command.add_option("--format", options->settings.format,
                       "tensorrt, csv or json (default: tensorrt)");
    command.add_option("--header", options->settings.header,
                       "First line of a TensorRT cache, such as TRT-8601-EntropyCalibration2");
    command.add_flag("--allow-partial", options->settings.allowPartial,
                     "Export a calibration that was cancelled");
    command.callback([options, &context] { runExport(*options, context); });
}

}  // namespace clipscope::cli
