// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <new>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/base/version.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/startup/openmp_wait.h"

namespace {

using namespace clipscope;

const CancellationToken* g_cancel = nullptr;

/// The first Ctrl+C asks to stop, the second one does.
void onInterrupt(int signal) {
    g_cancel->cancel();
    std::signal(signal, SIG_DFL);
}

void addCommands(CLI::App& app, cli::Context& context) {
    for (const auto add :
         {cli::addCalibrate, cli::addInspect, cli::addThresholds, cli::addCurve, cli::addSet,
          cli::addExport, cli::addMerge, cli::addRun, cli::addSelftest})
        add(app, context);
}

int run(int argc, char** argv, cli::Context& context) {
    CLI::App app{
        "Clipscope, the instrument for INT8 calibration: keeps an exact histogram of every "
        "tensor,\n"
        "shows what each threshold costs, and writes the file the target wants.",
        "clipscope"};
    app.set_version_flag("--version", std::string("clipscope ") + kVersion);
    app.require_subcommand(1);
    app.footer(
        "Exit status: 0 done, 1 findings or differences, 2 wrong usage or bad input, 3 cancelled.\n"
        "'clipscope COMMAND --help' shows a command's options and an example.");
    addCommands(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? cli::kDone : cli::kWrong;
    }
    return context.status;
}

}  // namespace

int main(int argc, char** argv) {
    app::limitOpenMpSpinning(argv);
    cli::Context context;
    g_cancel = &context.cancel;
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);
    std::signal(SIGXFSZ, SIG_IGN);  // a full disk is an error, not a signal
    std::signal(SIGPIPE, SIG_DFL);
    try {
        const int status = run(argc, argv, context);
        cli::flushOutput();
        return status;
    } catch (const Cancelled&) {
        cli::warn("cancelled");
        return cli::kCancelled;
    } catch (const Error& error) {
        cli::warn(std::string("error: ") + error.what());
    } catch (const std::bad_alloc&) {
        cli::warn("error: out of memory; use a smaller --batch");
    } catch (const std::exception& error) {
        cli::warn(std::string("internal error: ") + error.what());
    }
    return cli::kWrong;
}
