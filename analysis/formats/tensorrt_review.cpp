// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/tensorrt_review.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/formats/nearest_names.h"
#include "analysis/formats/tensorrt_header.h"
#include "analysis/formats/text.h"

namespace clipscope::formats {
namespace {

float swapped(float scale) {
    return std::bit_cast<float>(__builtin_bswap32(std::bit_cast<uint32_t>(scale)));
}

/// Between T = 1e-5 and T = 1.3e6: what activations have.
bool isPlausible(float scale) {
    return scale >= 1e-7F && scale <= 1e4F;
}

void reviewHeader(const CacheLine& line, FindingList& findings) {
    const std::string_view header = trimmed(line.text);
    if (header.size() != line.text.size())
        findings.add(Severity::Warning, "spaces", 1, "blanks around the header", "remove them");
    const std::optional<TensorRtHeader> parsed = parseHeader(header);
    if (!parsed) {
        const bool old =
            !header.empty() && header.find_first_not_of("0123456789") == std::string_view::npos;
        if (old)
            findings.add(Severity::Info, "header-old", 1,
                         fmt::format("the header is a bare \"{}\", as old DeepStream writes it",
                                     shown(header)),
                         "TensorRT itself wants one like " + defaultHeader());
        else
            findings.add(Severity::Warning, "header", 1,
                         fmt::format("\"{}\" is not a header of the form TRT-<version>-<algorithm>",
                                     shown(header)),
                         "write one like " + defaultHeader());
        return;
    }
    if (parsed->version.find_first_not_of("0123456789") != std::string::npos)
        findings.add(
            Severity::Warning, "header-version", 1,
            fmt::format("\"{}\" is not the number of a TensorRT version", shown(parsed->version)),
            "write the version's digits, such as 8601 for 8.6.1");
    const auto known = tensorRtAlgorithms();
    if (std::find(known.begin(), known.end(), parsed->algorithm) != known.end())
        return;
    const std::vector<std::string> near = nearestNames(parsed->algorithm, known, 1);
    findings.add(Severity::Warning, "header-algo", 1,
                 fmt::format("unknown algorithm {}{}", shown(parsed->algorithm),
                             near.empty() ? "" : " (did you mean " + near[0] + "?)"),
                 fmt::format("use one of {}", fmt::join(known, ", ")));
}

/// What only the whole file tells: byte order, and amax where the scale belongs.
void reviewReading(const std::vector<CacheLine>& lines, FindingList& findings) {
    size_t hex = 0;
    size_t plausible = 0;
    size_t plausibleSwapped = 0;
    size_t large = 0;
    size_t firstOdd = 0;
    for (size_t i = 0; i < lines.size(); ++i) {
        if (!lines[i].scale || lines[i].scale->dialect != ScaleDialect::Hex8)
            continue;
        const float scale = lines[i].scale->scale;
        ++hex;
        plausible += isPlausible(scale);
        plausibleSwapped += isPlausible(swapped(scale));
        large += isPlausible(scale) && scale >= 0.5F;
        if (firstOdd == 0 && !isPlausible(scale) && isPlausible(swapped(scale)))
            firstOdd = i + 1;
    }
    if (firstOdd > 0 && plausibleSwapped > 2 * plausible) {
        const CacheLine& line = lines[firstOdd - 1];
        const float scale = line.scale->scale;
        findings.add(
            Severity::Warning, "endian", firstOdd,
            fmt::format("the values look little-endian: \"{}\" is {} as written and {} "
                        "with its bytes swapped",
                        shown(line.name()), shortestText(scale), shortestText(swapped(scale))),
            "swap the bytes of every value");
    } else if (hex >= 3 && 2 * large >= hex) {
        findings.add(Severity::Info, "amax?", 0,
                     fmt::format("{} of {} scales are 0.5 or more, thresholds of 63 or more; "
                                 "possibly amax was written instead of amax/127",
                                 large, hex),
                     "compare with the tensors' amax; divide by 127 if it is so");
    }
}

void reviewRepeats(const std::vector<CacheLine>& lines, FindingList& findings) {
    std::unordered_map<std::string_view, size_t> firstOf;
    for (size_t i = 0; i < lines.size(); ++i) {
        if (!lines[i].hasName || lines[i].name().empty())
            continue;
        const auto [found, isNew] = firstOf.emplace(lines[i].name(), i);
        if (isNew)
            continue;
        const CacheLine& first = lines[found->second];
        const bool same = first.scale && lines[i].scale
                              ? hexOfScale(first.scale->scale) == hexOfScale(lines[i].scale->scale)
                              : first.value() == lines[i].value();
        findings.add(same ? Severity::Warning : Severity::Error,
                     same ? "duplicate" : "duplicate-conflict", i + 1,
                     fmt::format("the name \"{}\" is repeated with {} value (lines {} and {})",
                                 shown(lines[i].name()), same ? "the same" : "another",
                                 found->second + 1, i + 1),
                     "keep one of the lines");
    }
}

void reviewLayout(const std::vector<CacheLine>& lines, bool hasMark, FindingList& findings) {
    if (hasMark)
        findings.add(Severity::Warning, "bom", 1, "UTF-8 byte order mark before the header",
                     "save the file without it");
    std::vector<size_t> carriages;
    std::vector<size_t> blanks;
    for (size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].end == "\r\n")
            carriages.push_back(i + 1);
        if (i > 0 && lines[i].isBlank())
            blanks.push_back(i + 1);
    }
    if (!carriages.empty())
        findings.add(Severity::Warning, "crlf", carriages[0],
                     fmt::format("CRLF line ends ({} of {} lines)", carriages.size(), lines.size()),
                     "end the lines with a line feed alone");
    if (!blanks.empty()) {
        const size_t named = std::min<size_t>(blanks.size(), 10);
        findings.add(
            Severity::Warning, "blank", blanks[0],
            fmt::format("blank lines: {}{}",
                        fmt::join(blanks.begin(), blanks.begin() + static_cast<long>(named), ", "),
                        named < blanks.size() ? "..." : ""),
            "remove them: some readers stop there");
    }
}

}  // namespace

std::vector<Finding> reviewCache(const std::vector<CacheLine>& lines, bool hasHeader,
                                 bool hasMark) {
    FindingList findings;
    reviewLayout(lines, hasMark, findings);
    if (hasHeader)
        reviewHeader(lines[0], findings);
    else
        findings.add(Severity::Error, "header", 1, "the file has no header",
                     "put a line like " + defaultHeader() + " before the first one");
    size_t readable = 0;
    for (size_t i = hasHeader ? 1 : 0; i < lines.size(); ++i) {
        const CacheLine& line = lines[i];
        if (line.isBlank())
            continue;
        reviewLine(line, i + 1, findings);
        readable += line.scale.has_value();
    }
    reviewRepeats(lines, findings);
    reviewReading(lines, findings);
    if (readable == 0)
        findings.add(Severity::Warning, "no-entries", 0,
                     "the cache holds no scale that can be read",
                     "calibrate again, unless the lines can be mended");
    return findings.takeSorted();
}

}  // namespace clipscope::formats
