// SPDX-License-Identifier: Apache-2.0
#include "analysis/threshold/parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::threshold {

namespace {

std::optional<double> parse(std::string_view text, bool isWhole) {
    double value = 0;
    const char* const end = text.data() + text.size();
    std::from_chars_result result{};
    if (isWhole) {
        int64_t integer = 0;
        result = std::from_chars(text.data(), end, integer);
        value = static_cast<double>(integer);
    } else {
        result = std::from_chars(text.data(), end, value);
    }
    if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::string describe(const ParameterInfo& info) {
    return fmt::format("{} ({} in {}{}, {}], default {})", info.name,
                       info.isWhole ? "an integer" : "a number", info.open ? '(' : '[', info.least,
                       info.most, info.defaultValue);
}

std::string describeAll(std::span<const ParameterInfo> parameters) {
    if (parameters.empty())
        return "none";
    std::string list;
    for (const ParameterInfo& info : parameters)
        list += (list.empty() ? "" : ", ") + describe(info);
    return list;
}

bool isInside(double value, const ParameterInfo& info) {
    return value <= info.most && (info.open ? value > info.least : value >= info.least);
}

}  // namespace

void checkParameters(const Method& method, const Parameters& parameters) {
    for (const auto& parameter : parameters) {
        const std::string& name = parameter.first;
        const std::string& text = parameter.second;
        const auto info =
            std::find_if(method.parameters.begin(), method.parameters.end(),
                         [&](const ParameterInfo& candidate) { return candidate.name == name; });
        if (info == method.parameters.end())
            throw Error(ErrorCode::Usage,
                        fmt::format("method {} has no parameter '{}'; its parameters: {}",
                                    method.id, name, describeAll(method.parameters)));
        const std::optional<double> value = parse(text, info->isWhole);
        if (!value || !isInside(*value, *info))
            throw Error(ErrorCode::Usage, fmt::format("method {}: '{}' does not fit parameter {}",
                                                      method.id, text, describe(*info)));
    }
}

double realParameter(const Parameters& parameters, const ParameterInfo& info) {
    const auto given = parameters.find(info.name);
    const std::string_view text = given == parameters.end() ? info.defaultValue : given->second;
    const std::optional<double> value = parse(text, info.isWhole);
    if (!value)
        throw Error(ErrorCode::Usage,
                    fmt::format("'{}' does not fit parameter {}", text, describe(info)));
    return *value;
}

int wholeParameter(const Parameters& parameters, const ParameterInfo& info) {
    return static_cast<int>(realParameter(parameters, info));
}

}  // namespace clipscope::threshold
