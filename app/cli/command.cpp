// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"

namespace clipscope::cli {

CLI::App& addCommand(CLI::App& app, Context& context, const char* name, const char* description,
                     const char* example) {
    CLI::App& command = *app.add_subcommand(name, description);
    command.footer(fmt::format("Example:\n  {}", example));
    command.add_flag("--json", context.json, "Print JSON instead of text");
    command
        .add_option_function<int>(
            "--threads", [](int threads) { setThreadCount(threads); },
            "Threads to use; 0: as many as the machine has")
        ->check(CLI::Range(0, 4096));
    return command;
}

nlohmann::ordered_json jsonHeader(std::string_view command) {
    return {{"clipscope", 1}, {"command", command}};
}

void refuseToReplace(const std::string& output, const std::vector<std::string>& inputs) {
    namespace fs = std::filesystem;
    if (output.empty())
        return;
    for (const std::string& input : inputs) {
        std::error_code ignored;
        if (!input.empty() &&
            (fs::equivalent(output, input, ignored) ||
             fs::weakly_canonical(output, ignored) == fs::weakly_canonical(input, ignored)))
            throw Error(
                ErrorCode::Usage,
                fmt::format("'{}' would replace '{}'; give it another name", output, input));
    }
}

threshold::Parameters parseParameters(const std::vector<std::string>& pairs) {
    threshold::Parameters parameters;
    for (const std::string& pair : pairs) {
        const size_t equals = pair.find('=');
        if (equals == std::string::npos || equals == 0)
            throw Error(ErrorCode::Usage, fmt::format("--param wants name=value, not '{}'", pair));
        parameters[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    return parameters;
}

std::string methodsHelp() {
    std::string help = "Methods (--method) and their parameters (--param name=value):";
    for (const threshold::Method& method : threshold::methods()) {
        help += fmt::format("\n  {:<12} {}", method.id, method.summary);
        for (const threshold::ParameterInfo& parameter : method.parameters)
            help += fmt::format("\n  {:<12}   {}={}: {}", "", parameter.name,
                                parameter.defaultValue, parameter.help);
    }
    return help;
}

}  // namespace clipscope::cli
