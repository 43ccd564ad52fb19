// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/formats/tensorrt_review.h"
#include "analysis/formats/text.h"

namespace clipscope::formats {
namespace {

constexpr size_t kLongName = 1024;
constexpr float kTiny = 1e-10F;  ///< T under 1.3e-8: what a real tensor hardly has

void reviewName(const CacheLine& line, size_t number, FindingList& findings) {
    const std::string_view name = line.name();
    if (name.empty())
        findings.add(Severity::Warning, "empty-name", number, "the name is empty",
                     "remove the line, or give the tensor's name");
    if (trimmed(name).size() != name.size())
        findings.add(Severity::Warning, "spaces", number,
                     fmt::format("the name \"{}\" starts or ends with a blank", shown(name)),
                     "remove the blank unless the model's name has it");
    if (!isUtf8(name))
        findings.add(Severity::Warning, "encoding", number,
                     fmt::format("the name is not valid UTF-8: {}", shown(name)),
                     "write the name as the model has it");
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::any_of(name.begin(), name.end(), control))
        findings.add(Severity::Warning, "control", number,
                     fmt::format("control character in the name \"{}\"", shown(name)),
                     "write the name as the model has it");
    if (name.size() > kLongName)
        findings.add(Severity::Info, "long-name", number,
                     fmt::format("the name has {} bytes: {}", name.size(), shown(name)));
}

void reviewSpelling(const CacheLine& line, size_t number, FindingList& findings) {
    const std::string value = shown(line.value());
    const std::string name = shown(line.name());
    const std::string_view between =
        std::string_view(line.text).substr(line.nameLength, line.valueBegin - line.nameLength);
    if (line.valueLength > 0 && ((between != ": " && between != ":") ||
                                 line.valueBegin + line.valueLength != line.text.size()))
        findings.add(Severity::Warning, "spaces", number,
                     fmt::format("tabs or spare blanks around the value of \"{}\"", name),
                     "write one space before the value and none after it");
    if (!line.scale) {
        findings.add(
            Severity::Error, "hex", number,
            fmt::format(
                "the value of \"{}\" is not eight hexadecimal digits: {}{}", name, value,
                line.value().find(',') == std::string_view::npos ? "" : " (a decimal comma?)"),
            "write the big-endian float32 of the scale, amax/127");
        return;
    }
    const std::string hex = "write it as " + hexOfScale(line.scale->scale);
    if (line.scale->dialect == ScaleDialect::Prefixed)
        findings.add(Severity::Warning, "0x", number,
                     fmt::format("the value of \"{}\" has a 0x prefix", name), hex);
    if (line.scale->dialect == ScaleDialect::Decimal)
        findings.add(
            Severity::Info, "decimal", number,
            fmt::format("the value of \"{}\" is a decimal, read as the scale: {}", name, value),
            hex);
    if (line.scale->dialect == ScaleDialect::ShortHex)
        findings.add(Severity::Info, "short-hex", number,
                     fmt::format("the value of \"{}\" has {} hexadecimal digits, read as {}", name,
                                 line.valueLength, hexOfScale(line.scale->scale)),
                     hex + " (or, if it was meant as a decimal number, write the float's digits)");
    if (line.scale->dialect == ScaleDialect::Hex8 &&
        line.value().find_first_of("ABCDEF") != std::string_view::npos)
        findings.add(Severity::Info, "case", number,
                     fmt::format("upper-case hexadecimal value of \"{}\"", name), hex);
}

void reviewScale(const CacheLine& line, size_t number, FindingList& findings) {
    const float scale = line.scale->scale;
    const std::string name = shown(line.name());
    const std::string leave = "remove the line, or give the tensor a scale that is positive";
    if (std::isnan(scale))
        findings.add(Severity::Error, "nan", number, fmt::format("NaN scale of \"{}\"", name),
                     leave);
    else if (std::isinf(scale))
        findings.add(Severity::Error, "inf", number, fmt::format("infinite scale of \"{}\"", name),
                     leave);
    else if (scale == 0)
        findings.add(Severity::Error, "zero", number,
                     fmt::format("{} scale of \"{}\"",
                                 line.valueLength == 0 ? "no"
                                 : std::signbit(scale) ? "negative zero"
                                                       : "zero",
                                 name),
                     leave);
    else if (scale < 0)
        findings.add(Severity::Error, "negative", number,
                     fmt::format("negative scale of \"{}\": {}", name, shortestText(scale)), leave);
    else if (std::fpclassify(scale) == FP_SUBNORMAL)
        findings.add(Severity::Warning, "denormal", number,
                     fmt::format("denormal scale of \"{}\": {}", name, shortestText(scale)), leave);
    else if (scale < kTiny)
        findings.add(Severity::Warning, "tiny", number,
                     fmt::format("the scale of \"{}\" is only {}", name, shortestText(scale)),
                     "check the value");
    else if (std::isinf(thresholdOfScale(scale)))
        findings.add(Severity::Warning, "overflow", number,
                     fmt::format("127 times the scale of \"{}\" overflows float32", name),
                     "check the value");
}

}  // namespace

void reviewLine(const CacheLine& line, size_t number, FindingList& findings) {
    if (!line.hasName) {
        findings.add(Severity::Error, "no-colon", number,
                     fmt::format("no colon that ends a name: \"{}\"{}", shown(line.text),
                                 line.end.empty() ? " (the last line looks incomplete)" : ""),
                     "write \"name: 3c010a14\", or remove the line");
        return;
    }
    reviewName(line, number, findings);
    reviewSpelling(line, number, findings);
    if (line.scale)
        reviewScale(line, number, findings);
}

}  // namespace clipscope::formats
