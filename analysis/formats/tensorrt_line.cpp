// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/tensorrt_line.h"

#include "analysis/formats/text.h"

namespace clipscope::formats {
namespace {

bool isValueWithoutBlank(std::string_view text, bool spaced) {
    const std::optional<ScaleText> scale = readScale(text);
    if (!scale)
        return false;
    const bool few =
        scale->dialect == ScaleDialect::ShortHex || scale->dialect == ScaleDialect::ZeroDigit;
    return !few || !spaced;
}

size_t lastColonBeforeBlank(std::string_view text) {
    for (size_t i = text.size(); i-- > 1;) {
        if (text[i - 1] == ':' && (text[i] == ' ' || text[i] == '\t'))
            return i - 1;
    }
    return std::string_view::npos;
}

void splitAt(CacheLine& line, size_t colon) {
    const std::string_view rest = std::string_view(line.text).substr(colon + 1);
    const std::string_view value = trimmed(rest);
    line.hasName = true;
    line.nameLength = colon;
    line.valueLength = value.size();
    line.valueBegin = value.empty() ? line.text.size() : colon + 1 + rest.find(value);
    line.scale = readScale(value);
}

}  // namespace

bool CacheLine::isBlank() const {
    return trimmed(text).empty();
}

CacheLine readCacheLine(std::string text, std::string end, bool spaced) {
    CacheLine line{.text = std::move(text), .end = std::move(end)};
    const size_t spacedColon = lastColonBeforeBlank(line.text);
    if (spacedColon != std::string::npos)
        splitAt(line, spacedColon);
    if (line.scale)
        return line;
    const size_t colon = line.text.rfind(':');
    if (colon != std::string::npos &&
        isValueWithoutBlank(trimmed(std::string_view(line.text).substr(colon + 1)), spaced))
        splitAt(line, colon);
    else if (colon != std::string::npos && spacedColon == std::string::npos && !spaced)
        splitAt(line, colon);
    return line;
}

std::vector<CacheLine> cutLines(std::string_view bytes) {
    std::vector<CacheLine> lines;
    while (!bytes.empty()) {
        const size_t feed = bytes.find('\n');
        const bool last = feed == std::string_view::npos;
        const size_t length = last ? bytes.size() : feed;
        const bool carriage = !last && length > 0 && bytes[length - 1] == '\r';
        lines.push_back({.text = std::string(bytes.substr(0, length - (carriage ? 1 : 0))),
                         .end = last       ? ""
                                : carriage ? "\r\n"
                                           : "\n"});
        bytes.remove_prefix(last ? length : length + 1);
    }
    return lines;
}

}  // namespace clipscope::formats
