// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/session/calibration.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/device_option.h"
#include "app/cli/sample_options.h"
#include "app/cli/selftest_report.h"
#include "app/devices/devices.h"

namespace clipscope::cli {
namespace {

struct SelftestOptions {
    DeviceOption device;
    SampleOptions samples;
    std::string reference;
    std::string model;
    int64_t bandwidthMib = 64;
};

void requireWhole(const SelftestOptions& options) {
    if (options.device.text() == "cpu")
        throw Error(ErrorCode::Usage,
                    "selftest holds a GPU against the CPU: name a GPU, such as --device cuda, or "
                    "leave --device out for the first one");
    if (options.device.tf32())
        throw Error(ErrorCode::Usage,
                    "--tf32 rounds what selftest holds against the CPU's FP32: leave it out");
    const session::SampleRequest samples = options.samples.request();
    const bool hasSamples = !samples.data.empty() || !samples.inputs.empty();
    if (options.reference.empty() && !options.model.empty())
        throw Error(ErrorCode::Usage,
                    fmt::format("'{}' is calibrated with --compare cpu only: clipscope selftest "
                                "--compare cpu MODEL --data PATH",
                                options.model));
    if (options.reference.empty() && hasSamples)
        throw Error(ErrorCode::Usage, "--data and --input are for --compare cpu MODEL");
    if (!options.reference.empty() && (options.model.empty() || !hasSamples))
        throw Error(ErrorCode::Usage,
                    fmt::format("--compare cpu needs {}: clipscope selftest --compare cpu MODEL "
                                "--data PATH",
                                options.model.empty() ? "a model" : "samples"));
}

void checkBandwidth(const SelftestOptions& options, runtime::Device& device,
                    SelftestReport& report) {
    if (options.bandwidthMib == 0)
        return report.leftOut("bandwidth", "--bandwidth-mib is 0");
    try {
        report.bandwidth(app::measureBandwidth(
            device, {.bytes = static_cast<size_t>(options.bandwidthMib) << 20}));
    } catch (const Error& error) {
        if (error.code() != ErrorCode::OutOfMemory)
            throw;
        report.leftOut("bandwidth", fmt::format("the GPU has no room for tensors of {} MiB",
                                                options.bandwidthMib));
    }
}

/// A calibration of the same samples on the device and on the CPU.
void checkCalibration(const SelftestOptions& options, runtime::Device& device, Context& context,
                      SelftestReport& report) {
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
    for (const std::string& note : there.notes)
        warn("warning: " + note);
    report.calibration(there.modelName, there.samples.size(),
                       session::compareCalibrations(there, here));
}

/// The reason without the advice to run on the CPU, which there is nothing to test of.
std::string withoutCpu(std::string reason) {
    for (const char* advice : {", or run with --device cpu", ": run with --device cpu"})
        if (const size_t at = reason.find(advice); at != std::string::npos)
            reason.erase(at);
    return reason;
}

void runSelftest(const SelftestOptions& options, Context& context) {
    requireWhole(options);
    if (!options.model.empty())
        graph::readOnnx(options.model);  // an error of it need not wait for the tests
    std::string why;
    const auto devices = options.device.openGpus(why);
    SelftestReport report(context.json);
    if (devices.empty())
        report.skip(withoutCpu(why));
    for (const auto& device : devices) {
        report.device(device->name());
        runtime::CpuDevice cpu;
        report.checks(runtime::compareDevices(*device, cpu));
        checkBandwidth(options, *device, report);
        if (!options.model.empty())
            checkCalibration(options, *device, context, report);
    }
    if (!report.finish())
        context.status = kFindings;
}

}  // namespace

void addSelftest(CLI::App& app, Context& context) {
    CLI::App& command = addCommand(
        app, context, "selftest",
        "Holds a GPU against the CPU: its operators on odd shapes, its histograms bin for bin, and "
        "with\n--compare cpu MODEL --data PATH a calibration of the same samples (amax within "
        "1e-4, "
        "the\ndivergence at its T at most 1 % above the CPU's least). Measures how fast the GPU "
        "copies and counts.\nExit status 1 on a difference; 2 where the GPU that --device names "
        "cannot be used; without\n--device and without a GPU it says 'skipped' and why, status 0. "
        "A low bandwidth is only told.",
        "clipscope selftest --device cuda --compare cpu lenet.onnx --data digits/");
    auto options = std::make_shared<SelftestOptions>();
    options->device.add(command);
    command.add_option("--compare", options->reference, "cpu: calibrate MODEL on both")
        ->check(CLI::IsMember({"cpu"}));
    command.add_option("model", options->model, "ONNX model, with --compare");
    command
        .add_option("--bandwidth-mib", options->bandwidthMib,
                    "MiB of a tensor in the bandwidth check (default 64); 0 leaves it out")
        ->check(CLI::Range(int64_t{0}, int64_t{1} << 20));
    options->samples.add(command);
    command.callback([options, &context] { runSelftest(*options, context); });
}

}  // namespace clipscope::cli
