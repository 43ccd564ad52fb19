// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/device_comparison.h"
#include "analysis/session/calibration.h"
#include "analysis/session/calibration_comparison.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/device_option.h"
#include "app/cli/sample_options.h"

namespace clipscope::cli {
namespace {

struct SelftestOptions {
    DeviceOption device;
    SampleOptions samples;
    std::string reference;
    std::string model;
};

/// Methods and histograms of the device against the CPU's; true where all agree.
bool checkMethods(runtime::Device& device, nlohmann::ordered_json& json, bool isJson) {
    runtime::CpuDevice cpu;
    bool passed = true;
    for (const runtime::DeviceCheck& check : runtime::compareDevices(device, cpu)) {
        passed = passed && check.passed();
        const std::string outcome = !check.passed()    ? "FAILED"
                                    : check.leftToHost ? "skipped"
                                                       : "passed";
        const std::string detail = !check.failure.empty() ? check.failure
                                   : check.leftToHost     ? "the device has no kernel for it"
                                                      : fmt::format("error {:.2g}, allowed {:.2g}",
                                                                    check.error, check.tolerance);
        json["checks"].push_back({{"name", check.name}, {"outcome", outcome}, {"detail", detail}});
        if (!isJson)
            print(fmt::format("{:8}{}: {}", outcome, check.name, detail));
    }
    return passed;
}

/// A calibration of the same samples on the device and on the CPU; true where they agree.
bool checkCalibration(const SelftestOptions& options, runtime::Device& device, Context& context,
                      nlohmann::ordered_json& json) {
    session::CalibrationRequest request;
    request.model = options.model;
    request.samples = options.samples.request();
    ProgressPrinter printer;
    const auto show = [&](const Progress& progress) { printer.show(progress); };
    request.devices = {&device};
    const session::Session there = session::calibrate(request, show, context.cancel);
    request.devices.clear();
    request.samples.batch = there.batch;
    const session::Session here = session::calibrate(request, show, context.cancel);
    printer.finish();
    if (there.isPartial || here.isPartial)
        throw Cancelled();
    bool passed = true;
    for (const session::TensorComparison& row : session::compareCalibrations(there, here)) {
        passed = passed && row.passed();
        json["tensors"].push_back({{"name", row.name},
                                   {"amax_error", row.amaxError},
                                   {"excess_divergence", row.excessDivergence},
                                   {"passed", row.passed()}});
        if (!context.json)
            print(fmt::format("{:8}{}: amax differs by {:.2g}, divergence above the least {:.2g}",
                              row.passed() ? "passed" : "FAILED", row.name, row.amaxError,
                              row.excessDivergence));
    }
    return passed;
}

void runSelftest(const SelftestOptions& options, Context& context) {
    if (options.reference.empty() != options.model.empty())
        throw Error(ErrorCode::Usage, "--compare cpu needs a model, and a model --compare cpu");
    nlohmann::ordered_json json = jsonHeader("selftest");
    const auto devices = options.device.open();
    if (devices.empty()) {
        json["skipped"] = "no GPU";
        if (!context.json)
            print("skipped: no GPU, and the CPU is what others are held against");
    }
    bool passed = true;
    for (const auto& device : devices) {
        json["devices"].push_back(device->name());
        if (!context.json)
            print(device->name());
        passed = checkMethods(*device, json, context.json) && passed;
        if (!options.model.empty())
            passed = checkCalibration(options, *device, context, json) && passed;
    }
    json["passed"] = passed;
    if (context.json)
        printJson(json);
    if (!passed)
        context.status = kFindings;
}

}  // namespace

void addSelftest(CLI::App& app, Context& context) {
    CLI::App& command =
        addCommand(app, context, "selftest",
                   "Holds a GPU against the CPU: its operators on odd shapes, its histograms bin "
                   "for bin and,\n"
                   "with --compare cpu MODEL, a calibration of the same samples. Exit status 1 on "
                   "a difference.",
                   "clipscope selftest --device cuda --compare cpu lenet.onnx --data digits/");
    auto options = std::make_shared<SelftestOptions>();
    options->device.add(command);
    command.add_option("--compare", options->reference, "cpu: calibrate MODEL on both")
        ->check(CLI::IsMember({"cpu"}));
    command.add_option("model", options->model, "ONNX model, with --compare");
    options->samples.add(command);
    command.callback([options, &context] { runSelftest(*options, context); });
}

}  // namespace clipscope::cli
