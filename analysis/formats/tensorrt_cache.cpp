// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/tensorrt_cache.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"
#include "analysis/formats/file_kind.h"
#include "analysis/formats/nearest_names.h"
#include "analysis/formats/tensorrt_checks.h"
#include "analysis/formats/tensorrt_review.h"
#include "analysis/formats/text.h"

namespace clipscope::formats {
namespace {

constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";

/// Whether this is a cache: its header says so, or it has values that only a cache has. Decimals
/// without a header are the "name: amax" of a ranges file.
bool isCache(const std::vector<CacheLine>& lines, bool hasHeader) {
    if (hasHeader && parseHeader(lines[0].text))
        return true;
    const std::string_view first = trimmed(lines[0].text);
    const bool number = first.find_first_not_of("0123456789") == std::string_view::npos;
    return std::any_of(lines.begin(), lines.end(), [&](const CacheLine& line) {
        if (!line.scale)
            return false;
        const ScaleDialect dialect = line.scale->dialect;
        return dialect == ScaleDialect::Hex8 || dialect == ScaleDialect::Prefixed ||
               (hasHeader && (number || dialect == ScaleDialect::Decimal));
    });
}

std::string inUpperCase(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

/// Writes over the value, in the way the line spells it.
void replaceValue(CacheLine& line, float scale, bool spaced) {
    std::string text = writeScale(scale, line.scale ? line.scale->dialect : ScaleDialect::Hex8);
    if (line.scale && line.scale->dialect == ScaleDialect::Hex8 &&
        line.value().find_first_of("ABCDEF") != std::string_view::npos)
        text = inUpperCase(text);
    if (spaced && line.valueLength == 0 && line.text.ends_with(':')) {
        line.text += ' ';
        line.valueBegin = line.text.size();
    }
    line.text.replace(line.valueBegin, line.valueLength, text);
    line.valueLength = text.size();
    line.scale = readScale(text);
}

}  // namespace

TensorRtCache TensorRtCache::parse(std::string_view bytes, const std::string& fileName) {
    refuseOtherFile(bytes, fileName);
    TensorRtCache cache;
    cache.m_fileName = fileName;
    if (bytes.starts_with(kUtf8Mark)) {
        cache.m_mark = kUtf8Mark;
        bytes.remove_prefix(kUtf8Mark.size());
    }
    cache.m_spaced =
        bytes.find(": ") != std::string_view::npos || bytes.find(':') == std::string_view::npos;
    cache.m_lines = cutLines(bytes);
    // Line 1 is the header, but a file that lost it starts with an entry.
    const CacheLine& first = cache.m_lines[0];
    cache.m_hasHeader =
        parseHeader(first.text) || !readCacheLine(first.text, first.end, cache.m_spaced).scale;
    for (size_t i = cache.m_hasHeader ? 1 : 0; i < cache.m_lines.size(); ++i) {
        CacheLine& line = cache.m_lines[i];
        line = readCacheLine(std::move(line.text), std::move(line.end), cache.m_spaced);
    }
    if (!isCache(cache.m_lines, cache.m_hasHeader))
        refuseOtherText(bytes, fileName);
    cache.indexNames();
    return cache;
}

std::string TensorRtCache::toBytes() const {
    std::string bytes = m_mark;
    for (const CacheLine& line : m_lines)
        bytes.append(line.text).append(line.end);
    return bytes;
}

CacheEntry TensorRtCache::entryOf(size_t index) const {
    const CacheLine& line = m_lines[index];
    return {std::string(line.name()), index + 1,         std::string(line.value()),
            line.scale->dialect,      line.scale->scale, thresholdOfScale(line.scale->scale)};
}

std::vector<CacheEntry> TensorRtCache::entries() const {
    std::vector<CacheEntry> entries;
    for (size_t i = 0; i < m_lines.size(); ++i) {
        if (m_lines[i].scale)
            entries.push_back(entryOf(i));
    }
    return entries;
}

std::optional<CacheEntry> TensorRtCache::find(const std::string& name) const {
    const auto found = m_byName.find(name);
    if (found == m_byName.end())
        return std::nullopt;
    for (size_t index : found->second) {
        if (m_lines[index].scale)
            return entryOf(index);
    }
    return std::nullopt;
}

std::string TensorRtCache::header() const {
    return m_hasHeader ? std::string(trimmed(m_lines[0].text)) : std::string();
}

void TensorRtCache::setHeader(std::string_view header) {
    checkHeader(header);
    if (m_hasHeader) {
        m_lines[0].text = header;
        return;
    }
    const std::string end = m_lines[0].end.empty() ? "\n" : m_lines[0].end;
    m_lines.insert(m_lines.begin(), CacheLine{.text = std::string(header), .end = end});
    m_hasHeader = true;
    indexNames();
}

void TensorRtCache::indexNames() {
    m_byName.clear();
    for (size_t i = 0; i < m_lines.size(); ++i) {
        if (m_lines[i].hasName)
            m_byName[std::string(m_lines[i].name())].push_back(i);
    }
}

std::vector<size_t> TensorRtCache::linesOf(const std::string& name) const {
    const auto found = m_byName.find(name);
    if (found != m_byName.end())
        return found->second;
    std::vector<std::string> names;
    for (const auto& [known, lines] : m_byName)
        names.push_back(known);
    std::sort(names.begin(), names.end());
    std::vector<std::string> near = nearestNames(name, names);
    for (std::string& hint : near)
        hint = "\"" + shown(hint) + "\"";
    throw Error(
        ErrorCode::BadInput,
        fmt::format("{} has no tensor \"{}\"{}", m_fileName, shown(name),
                    near.empty() ? std::string("; its names are those of the calibrated "
                                               "network")
                                 : fmt::format("; did you mean {}?", fmt::join(near, ", "))));
}

void TensorRtCache::setScale(const std::string& name, float scale) {
    checkCacheScale(name, scale);
    const std::vector<size_t> lines = linesOf(name);
    for (size_t index : lines) {
        if (m_lines[index].value() != m_lines[lines[0]].value())
            throw Error(
                ErrorCode::BadInput,
                fmt::format("{}: lines {} and {} give tensor \"{}\" different scales ({} "
                            "and {}); remove one of them before changing it",
                            m_fileName, lines[0] + 1, index + 1, shown(name),
                            shown(m_lines[lines[0]].value()), shown(m_lines[index].value())));
    }
    for (size_t index : lines)
        replaceValue(m_lines[index], scale, m_spaced);
}

void TensorRtCache::append(const std::string& name, float scale) {
    checkCacheName(name);
    checkCacheScale(name, scale);
    const auto found = m_byName.find(name);
    if (found != m_byName.end())
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} already has tensor \"{}\" in line {}; change that one",
                                m_fileName, shown(name), found->second[0] + 1));
    size_t last = m_lines.size() - 1;  // after it; trailing blank lines stay behind
    while (last > 0 && m_lines[last].isBlank())
        --last;
    std::string separator = m_spaced ? ": " : ":";
    ScaleDialect dialect = ScaleDialect::Hex8;
    const CacheLine& model = m_lines[last];
    if (model.scale && model.valueLength > 0) {
        separator = model.text.substr(model.nameLength, model.valueBegin - model.nameLength);
        dialect = model.scale->dialect;
    }
    const std::string end = m_lines[last].end;
    const std::string lineEnd = m_lines[0].end.empty() ? "\n" : m_lines[0].end;
    if (end.empty())
        m_lines[last].end = lineEnd;
    const std::string text = name + separator + writeScale(scale, dialect);
    m_lines.insert(m_lines.begin() + static_cast<std::ptrdiff_t>(last) + 1,
                   readCacheLine(text, end, m_spaced));
    indexNames();
}

void TensorRtCache::remove(const std::string& name) {
    const std::vector<size_t> lines = linesOf(name);
    const std::string end = m_lines.back().end;
    for (size_t k = lines.size(); k-- > 0;)
        m_lines.erase(m_lines.begin() + static_cast<std::ptrdiff_t>(lines[k]));
    if (!m_lines.empty())
        m_lines.back().end = end;
    indexNames();
}

std::vector<Finding> TensorRtCache::findings() const {
    return reviewCache(m_lines, m_hasHeader, !m_mark.empty());
}

}  // namespace clipscope::formats
