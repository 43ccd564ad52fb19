// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <optional>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "analysis/formats/format_table.h"
#include "analysis/formats/nearest_names.h"
#include "analysis/formats/scale_text.h"
#include "analysis/formats/tensor_row_json.h"
#include "analysis/formats/tensorrt_cache.h"
#include "analysis/session/session_file.h"
#include "analysis/session/thresholds.h"
#include "app/cli/command.h"
#include "app/cli/console.h"

namespace clipscope::cli {
namespace {

using session::Session;
using session::Setting;
using session::TensorEntry;

struct SetOptions {
    std::string session;
    std::string tensor;
    std::string threshold;
    std::string range;
    std::string scale;
    std::string method;
    std::vector<std::string> parameters;
    bool keepFloat = false;
    bool reset = false;
    bool wholeGroup = false;
    std::string output;
};

double parseNumber(std::string_view text, const char* option) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        throw Error(ErrorCode::Usage, fmt::format("{}: '{}' is not a number", option, text));
    return value;
}

Setting rangeSetting(const std::string& range) {
    const size_t comma = range.find(',');
    if (comma == std::string::npos)
        throw Error(ErrorCode::Usage, fmt::format("--range wants LO,HI, not '{}'", range));
    const double lo = parseNumber(std::string_view(range).substr(0, comma), "--range");
    const double hi = parseNumber(std::string_view(range).substr(comma + 1), "--range");
    if (lo < hi && (lo > 0 || hi < 0))
        warn(fmt::format("an affine range holds 0: {},{} becomes {},{}", lo, hi, std::min(lo, 0.0),
                         std::max(hi, 0.0)));
    return session::affineSetting(lo, hi, "manual");
}

/// 8 hex digits as in a cache, or a decimal number.
Setting scaleSettingFrom(const std::string& text) {
    const bool isHex =
        text.size() == 8 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
    const float scale =
        isHex ? formats::scaleOfHex(text) : static_cast<float>(parseNumber(text, "--scale"));
    return session::scaleSetting(scale, "manual");
}

Setting newSetting(const SetOptions& options, const TensorEntry& tensor) {
    if (!options.threshold.empty())
        return session::symmetricSetting(parseNumber(options.threshold, "--threshold"), "manual");
    if (!options.range.empty())
        return rangeSetting(options.range);
    if (!options.scale.empty())
        return scaleSettingFrom(options.scale);
    if (options.keepFloat) {
        Setting setting = tensor.current;
        setting.keepFloat = true;
        return setting;
    }
    return session::computeSetting(tensor, threshold::findMethod(options.method),
                                   parseParameters(options.parameters));
}

std::string describe(const Setting& setting) {
    if (setting.keepFloat)
        return "stays in float";
    const std::string scale =
        fmt::format("scale {} ({})", significant(static_cast<double>(setting.scale), 6),
                    formats::hexOfScale(setting.scale));
    return setting.isAffine
               ? fmt::format("{},{} {} zero point {}", significant(setting.lo),
                             significant(setting.hi), scale, setting.zeroPoint)
               : fmt::format("T {} {}", significant(static_cast<double>(setting.threshold())),
                             scale);
}

nlohmann::ordered_json changeJson(const TensorEntry& tensor) {
    nlohmann::ordered_json row = {{"name", tensor.name}};
    formats::putNumber(row, "threshold", std::optional(tensor.current.threshold()));
    formats::putNumber(row, "scale", std::optional(tensor.current.scale));
    row["hex"] = formats::hexOfScale(tensor.current.scale);
    row["float"] = tensor.current.keepFloat;
    row["edited"] = tensor.isEdited();
    return row;
}

/// A cache instead of a session: changes the value of one line and nothing else.
void setInCache(const SetOptions& options, const Context& context) {
    if (options.threshold.empty() && options.scale.empty())
        throw Error(ErrorCode::Usage,
                    "a TensorRT cache holds scales only: give --threshold or --scale; the other "
                    "changes need a session");
    const std::string bytes = readFile(options.session);
    formats::detectFormat(bytes, options.session);
    auto cache = formats::TensorRtCache::parse(bytes, options.session);
    const auto before = cache.find(options.tensor);
    if (!before) {
        std::vector<std::string> names;
        for (const formats::CacheEntry& entry : cache.entries())
            names.push_back(entry.name);
        const auto near = formats::nearestNames(options.tensor, names);
        throw Error(ErrorCode::Usage,
                    fmt::format("'{}' has no tensor '{}'{}{}", options.session, options.tensor,
                                near.empty() ? "" : "; the nearest are: ", fmt::join(near, ", ")));
    }
    const Setting setting =
        options.threshold.empty()
            ? scaleSettingFrom(options.scale)
            : session::symmetricSetting(parseNumber(options.threshold, "--threshold"), "manual");
    cache.setScale(options.tensor, setting.scale);
    const std::string& output = options.output.empty() ? options.session : options.output;
    writeFileAtomically(output, cache.toBytes());
    if (context.json) {
        nlohmann::ordered_json json = jsonHeader("set");
        json["file"] = output;
        nlohmann::ordered_json row = {{"name", options.tensor}};
        formats::putNumber(row, "threshold", std::optional(setting.threshold()));
        formats::putNumber(row, "scale", std::optional(setting.scale));
        row["hex"] = formats::hexOfScale(setting.scale);
        json["tensors"] = nlohmann::ordered_json::array({row});
        return printJson(json);
    }
    print(fmt::format("{}: {} -> {}, line {}", options.tensor, before->value,
                      cache.find(options.tensor)->value, before->line));
}

void runSet(const SetOptions& options, const Context& context) {
    if (!session::isSessionFile(options.session))
        return setInCache(options, context);
    Session session = session::loadSession(options.session);
    const size_t index = session.indexOf(options.tensor);
    const std::vector<TensorEntry>& tensors = session.tensors;
    std::vector<Setting> before;
    for (const TensorEntry& tensor : tensors)
        before.push_back(tensor.current);
    std::vector<std::string> notes;
    if (options.reset)
        session::resetEdit(session, index, options.wholeGroup);
    else
        notes = session::applyEdit(session, index, newSetting(options, tensors[index]),
                                   options.wholeGroup);
    const std::string output = options.output.empty() ? options.session : options.output;
    session::saveSession(session, output);

    nlohmann::ordered_json changes = nlohmann::ordered_json::array();
    for (size_t i = 0; i < tensors.size(); ++i) {
        if (tensors[i].current == before[i])
            continue;
        changes.push_back(changeJson(tensors[i]));
        if (!context.json)
            print(fmt::format("{}: {} -> {}", tensors[i].name, describe(before[i]),
                              describe(tensors[i].current)));
    }
    if (!context.json && changes.empty())
        print(fmt::format("{}: unchanged, {}", options.tensor, describe(tensors[index].current)));
    for (const std::string& note : notes)
        warn("warning: " + note);
    if (context.json) {
        nlohmann::ordered_json json = jsonHeader("set");
        json["session"] = output;
        json["tensors"] = changes;
        json["warnings"] = notes;
        printJson(json);
    }
}

}  // namespace

void addSet(CLI::App& app, Context& context) {
    CLI::App& command = addCommand(app, context, "set",
                                   "Changes the threshold of one tensor by hand. The session is "
                                   "changed in place unless -o is\n"
                                   "given; 'clipscope export' then writes the adjusted file.",
                                   "clipscope set lenet.clipscope ip2 --threshold 18.5");
    auto options = std::make_shared<SetOptions>();
    command.add_option("session", options->session, "Session file or TensorRT cache")->required();
    command.add_option("tensor", options->tensor, "Name of the tensor")->required();
    CLI::Option_group& what = *command.add_option_group("one of");
    what.add_option("--threshold", options->threshold, "T: the |x| that maps to code 127");
    what.add_option("--range", options->range,
                    "LO,HI: an affine range, which holds 0 (write --range=-1,3)");
    what.add_option("--scale", options->scale,
                    "The scale itself: a number, or 8 hex digits as in a TensorRT cache");
    what.add_option("--method", options->method, "What this method chooses for the tensor");
    what.add_flag("--float", options->keepFloat, "Stay in float: leave every export");
    what.add_flag("--reset", options->reset, "Back to what the calibration chose");
    what.require_option(1);
    command.add_option("--param", options->parameters, "Parameter of --method, name=value");
    command.add_flag("--group", options->wholeGroup, "Change all tensors that share its scale");
    command.add_option("-o,--output", options->output, "Write the result here instead");
    command.callback([options, &context] { runSet(*options, context); });
}

}  // namespace clipscope::cli
