// SPDX-License-Identifier: Apache-2.0
#include <future>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/formats/format_table.h"
#include "analysis/graph/coverage.h"
#include "analysis/session/calibration.h"
#include "analysis/session/export.h"
#include "analysis/session/rows.h"
#include "analysis/session/session_file.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/device_option.h"
#include "app/cli/listing.h"
#include "app/cli/sample_options.h"

namespace clipscope::cli {
namespace {

struct CalibrateOptions {
    session::CalibrationRequest request;
    SampleOptions samples;
    DeviceOption device;
    std::vector<std::string> parameters;
    bool noGroups = false;
    std::string session;
    std::string output;
    session::ExportSettings exported;
};

/// Wrong usage is told before the samples are run, not after.
void checkOutputs(const CalibrateOptions& options) {
    formats::findFormat(options.exported.format);
    refuseToReplace(options.output, {options.request.model.string(), options.session});
    refuseToReplace(options.session, {options.request.model.string()});
    for (const std::string& path : {options.session, options.output}) {
        if (path.empty())
            continue;
        const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
        if (!std::filesystem::is_directory(folder))
            throw Error(ErrorCode::Io, fmt::format("cannot write '{}': there is no folder '{}'",
                                                   path, folder.string()));
    }
}

void report(const session::Session& session) {
    for (const session::SkippedSample& sample : session.skipped)
        warn(fmt::format("warning: skipped {}: {}", sample.id, sample.reason));
    for (const std::string& note : session.notes)
        warn("warning: " + note);
    for (const session::TensorEntry& tensor : session.tensors) {
        const histogram::Histogram& histogram = tensor.statistics.histogram;
        if (histogram.nan() + histogram.infinities() > 0)
            warn(fmt::format("warning: '{}' has {} NaN and {} infinite values; they are left out",
                             tensor.name, thousands(histogram.nan()),
                             thousands(histogram.infinities())));
    }
}

void runCalibrate(CalibrateOptions& options, Context& context) {
    checkOutputs(options);
    options.request.samples = options.samples.request();
    options.request.parameters = parseParameters(options.parameters);
    options.request.useGroups = !options.noGroups;
    const auto devices = options.device.open();
    options.request.devices = pointers(devices);
    ProgressPrinter printer;
    session::Session session = session::calibrate(
        options.request, [&](const Progress& progress) { printer.show(progress); }, context.cancel);
    printer.finish();
    session.header = options.exported.header;
    report(session);
    // Computed while the session is saved; where there is no thread for it, when it is asked for.
    // After Ctrl+C nothing more is computed than what was asked to be kept.
    std::future<std::vector<formats::TensorRow>> rows = std::async([&session] {
        return session::makeRows(
            session, session.isPartial ? session::RowDetail::Settings : session::RowDetail::Errors);
    });
    if (!options.session.empty())
        session::saveSession(session, options.session);

    const bool mayExport = !session.isPartial || options.exported.allowPartial;
    if (session.isPartial) {
        const bool isCancelled = context.cancel.isCancelled();  // else a device was lost
        warn(fmt::format("{} after {} samples; {}", isCancelled ? "cancelled" : "stopped",
                         session.samples.size(),
                         options.session.empty() ? "nothing was saved (no --session)"
                                                 : "the session is marked partial"));
        context.status = isCancelled ? kCancelled : kWrong;
    }
    session::ExportReport exported;
    if (!options.output.empty() && mayExport)
        exported = session::exportSession(session, options.output, options.exported);
    for (const std::string& warning : exported.warnings)
        warn("warning: " + warning);

    if (context.json)
        return printJson(listingJson("calibrate", session, rows.get()));
    if (!session.isPartial)
        printListing(session, rows.get());
    if (!options.session.empty())
        print(fmt::format("session: {}", options.session));
    if (exported.written > 0)
        print(
            fmt::format("{}: {} ({} tensors)", exported.format, options.output, exported.written));
}

}  // namespace

void addCalibrate(CLI::App& app, Context& context) {
    CLI::App& command =
        addCommand(app, context, "calibrate",
                   "Runs a model on samples, keeps an exact histogram of every activation, "
                   "computes thresholds\n"
                   "and writes a session, a range file, or both.",
                   "clipscope calibrate lenet.onnx --data digits/ --method entropy \\\n"
                   "      --session lenet.clipscope -o lenet.cache --format tensorrt");
    command.footer(command.get_footer() + "\n\n" + methodsHelp());
    auto options = std::make_shared<CalibrateOptions>();
    command.add_option("model", options->request.model, "ONNX model")->required();
    options->samples.add(command);
    options->samples.addShard(command);
    options->device.add(command);
    command.add_option("--method", options->request.method,
                       "How thresholds are chosen, see below (default: entropy)");
    command.add_option("--param", options->parameters, "Parameter of the method, name=value");
    command.add_flag("--two-pass", options->request.twoPass,
                     "Run the samples twice and keep exact equal bins of |x| as well");
    command.add_flag("--no-groups", options->noGroups,
                     "Give every tensor a scale of its own, also where a layer only moves values");
    command.add_option("--session", options->session, "Session file to write");
    command.add_option("-o,--output", options->output, "Range file to write");
    command.add_option("--format", options->exported.format,
                       "Format of -o: tensorrt, csv or json (default: tensorrt)");
    command.add_option("--header", options->exported.header,
                       "First line of a TensorRT cache, such as TRT-8601-EntropyCalibration2");
    command.add_flag("--allow-partial", options->exported.allowPartial,
                     "Write -o even when the run was cancelled");
    command.callback([options, &context] { runCalibrate(*options, context); });
}

}  // namespace clipscope::cli
