// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/session/inference.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/device_option.h"
#include "app/cli/sample_options.h"

namespace clipscope::cli {
namespace {

struct RunOptions {
    std::string model;
    std::string output;
    SampleOptions samples;
    DeviceOption device;
};

void runRun(const RunOptions& options, Context& context) {
    refuseToReplace(options.output, {options.model});
    const auto devices = options.device.open();
    ProgressPrinter printer;
    const session::InferenceReport report = session::runModel(
        options.model, options.samples.request(), options.output,
        [&](const Progress& progress) { printer.show(progress); }, context.cancel,
        devices.empty() ? nullptr : devices.front().get());
    printer.finish();
    for (const session::SkippedSample& sample : report.skipped)
        warn(fmt::format("warning: skipped {}: {}", sample.id, sample.reason));
    for (const std::string& note : report.notes)
        warn("warning: " + note);
    if (!context.json) {
        print(fmt::format("{}: {} samples", options.output, report.samples));
        for (const auto& [name, shape] : report.outputs)
            print(fmt::format("  {} {}", name, shape.toString()));
        return;
    }
    nlohmann::ordered_json json = jsonHeader("run");
    json["file"] = options.output;
    json["samples"] = report.samples;
    json["outputs"] = nlohmann::ordered_json::array();
    for (const auto& [name, shape] : report.outputs)
        json["outputs"].push_back({{"name", name}, {"shape", shape.extents()}});
    printJson(json);
}

}  // namespace

void addRun(CLI::App& app, Context& context) {
    CLI::App& command = addCommand(
        app, context, "run",
        "Runs a model on samples and writes its outputs, one array per output, joined as\n"
        "the samples were given (NAME/0, NAME/1... where shapes differ).",
        "clipscope run lenet.onnx --data digits/ -o outputs.npz");
    auto options = std::make_shared<RunOptions>();
    command.add_option("model", options->model, "ONNX model")->required();
    options->samples.add(command);
    options->device.add(command);
    command.add_option("-o,--output", options->output, ".npz to write")->required();
    command.callback([options, &context] { runRun(*options, context); });
}

}  // namespace clipscope::cli
