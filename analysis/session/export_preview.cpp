// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/export_preview.h"

#include <algorithm>
#include <unordered_map>

#include "analysis/base/error.h"
#include "analysis/formats/scale_text.h"
#include "analysis/formats/tensorrt_cache.h"
#include "analysis/session/rows.h"

namespace clipscope::session {
namespace {

using formats::Format;
using formats::TensorRow;

ExportedScale scaleOf(const Setting& setting) {
    return {setting.scale, setting.zeroPoint, setting.isAffine, setting.lo, setting.hi};
}

ExportedScale scaleOf(const TensorRow& row) {
    return {*row.scale, row.isAffine ? row.zeroPoint.value_or(0) : 0, row.isAffine,
            row.lo.value_or(0), row.hi.value_or(0)};
}

/// How many tensors of these the format cannot hold as they are.
size_t lostIn(const Format& format, std::span<const TensorRow> rows) {
    if (!format.onlyScales)
        return 0;
    return static_cast<size_t>(std::ranges::count_if(rows, [&](const TensorRow& row) {
        return formats::isExported(row) &&
               ((row.isAffine && !format.holdsAffine) ||
                (format.id == "tensorrt" && formats::whyNotInCache(row.name)));
    }));
}

/// What is compared with: the scale each name had.
std::unordered_map<std::string, ExportedScale> scalesIn(const formats::RangesFile& file) {
    std::unordered_map<std::string, ExportedScale> scales;
    for (const TensorRow& row : file.rows)
        if (row.scale)
            scales.try_emplace(row.name, scaleOf(row));
    return scales;
}

/// Lines of tensors whose scale the new file holds count up; a header comes before them.
std::vector<ExportLine> linesOf(const Session& session, std::span<const Setting> current,
                                const Format& format) {
    std::vector<ExportLine> lines;
    size_t line = 1;
    for (size_t i = 0; i < session.tensors.size(); ++i) {
        const TensorEntry& tensor = session.tensors[i];
        const bool isWritten = tensor.isActivation() && current[i].isSet() && !current[i].keepFloat;
        const bool takesLine = isWritten || !format.onlyScales;
        line += takesLine ? 1 : 0;
        if (!tensor.isActivation() && !current[i].isSet())
            continue;
        ExportLine entry;
        entry.name = tensor.name;
        entry.line = takesLine && format.id != "json" ? line : 0;
        entry.method = current[i].method;
        entry.keepsFloat = current[i].keepFloat;
        if (!tensor.original.keepFloat && tensor.original.isSet())
            entry.before = scaleOf(tensor.original);
        if (isWritten)
            entry.after = scaleOf(current[i]);
        lines.push_back(std::move(entry));
    }
    return lines;
}

/// Where the bytes of a cache have each line, and what they say there: what is left of an opened
/// cache keeps its places.
void readBack(const std::string& bytes, std::vector<ExportLine>& lines) {
    const auto cache = formats::TensorRtCache::parse(bytes, "the export");
    std::unordered_map<std::string, formats::CacheEntry> written;
    for (const formats::CacheEntry& entry : cache.entries())
        written.try_emplace(entry.name, entry);
    for (ExportLine& line : lines) {
        const auto found = written.find(line.name);
        line.line = found == written.end() ? 0 : found->second.line;
        line.after.reset();
        if (found != written.end())
            line.after = ExportedScale{found->second.scale};
    }
    // Those left out stay behind the line that they follow in the model.
    std::vector<std::pair<size_t, ExportLine>> placed;
    size_t last = 0;
    for (ExportLine& line : lines) {
        last = line.line > 0 ? line.line : last;
        placed.emplace_back(last, std::move(line));
    }
    std::ranges::stable_sort(placed, {}, &std::pair<size_t, ExportLine>::first);
    std::ranges::transform(placed, lines.begin(),
                           [](auto& each) { return std::move(each.second); });
}

/// Replaces what was there before by the file's, and adds what only the file has.
void compareWith(const formats::RangesFile& file, std::vector<ExportLine>& lines) {
    auto scales = scalesIn(file);
    for (ExportLine& line : lines) {
        const auto found = scales.find(line.name);
        line.before.reset();
        if (found == scales.end())
            continue;
        line.before = found->second;
        scales.erase(found);
    }
    for (const TensorRow& row : file.rows)
        if (const auto rest = scales.find(row.name); rest != scales.end()) {
            lines.push_back({0, row.name, rest->second, {}, {}, false});
            scales.erase(rest);
        }
}

std::string quoted(const std::string& argument) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    if (!argument.empty() && argument.find_first_not_of(kPlain) == std::string::npos)
        return argument;
    std::string text = "'";
    for (const char c : argument)
        text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

/// A file whose name looks like an option is named through its folder.
std::string asFile(const std::string& path) {
    return path.starts_with('-') ? "./" + path : path;
}

}  // namespace

float ExportedScale::threshold() const {
    return formats::thresholdOfScale(scale);
}

bool ExportLine::isChanged() const {
    return before.has_value() != after.has_value() || (before && !before->equals(*after));
}

std::optional<double> ExportLine::changePercent() const {
    if (!before || !after)
        return {};
    const auto width = [](const ExportedScale& scale) { return static_cast<double>(scale.scale); };
    return 100 * (width(*after) / width(*before) - 1);
}

ExportPreview previewExport(const Session& session, std::span<const Setting> current,
                            const ExportSettings& settings,
                            const std::optional<formats::RangesFile>& against,
                            const CancellationToken& cancel) {
    const Format& format = formats::findFormat(settings.format);
    ExportPreview preview;
    preview.lines = linesOf(session, current, format);
    preview.total = preview.lines.size();
    const auto rows = makeRows(session, current, RowDetail::Settings, cancel);
    for (const Format& each : formats::formats())
        preview.lostByFormat.push_back(lostIn(each, rows));
    try {
        preview.content = makeExport(session, current, settings, cancel);
        if (format.id == "tensorrt")
            readBack(preview.content.bytes, preview.lines);
    } catch (const Error& error) {
        preview.problem = error.what();
        preview.content.report = {std::string(format.id), 0, formats::losses(format, rows)};
    }
    if (against)
        compareWith(*against, preview.lines);
    std::erase_if(preview.lines,
                  [](const ExportLine& line) { return !line.before && !line.after; });
    preview.changed =
        static_cast<size_t>(std::ranges::count_if(preview.lines, &ExportLine::isChanged));
    return preview;
}

std::vector<ContextRow> withContext(std::span<const ExportLine> lines, size_t context) {
    // Distance to the nearest changed line; far where there is none.
    const size_t far = lines.size() + context + 1;
    std::vector<size_t> distance(lines.size(), far);
    size_t last = far;
    for (size_t i = 0; i < lines.size(); ++i)
        distance[i] = last = lines[i].isChanged() ? 0 : std::min(far, last + 1);
    last = far;
    for (size_t i = lines.size(); i-- > 0;)
        distance[i] =
            std::min(distance[i], last = lines[i].isChanged() ? 0 : std::min(far, last + 1));

    std::vector<ContextRow> rows;
    for (size_t i = 0; i < lines.size();) {
        size_t end = i;
        while (end < lines.size() && distance[end] > context)
            ++end;
        if (end - i > 1) {
            rows.push_back({i, end - i});
            i = end;
        } else {
            rows.push_back({i++, 0});
        }
    }
    return rows;
}

std::string shellCommand(std::span<const std::string> arguments) {
    std::string command;
    for (const std::string& argument : arguments)
        command += (command.empty() ? "" : " ") + quoted(argument);
    return command;
}

std::string exportCommand(const std::string& sessionPath, const std::string& output,
                          const ExportSettings& settings) {
    std::vector<std::string> arguments{"clipscope",    "export",   asFile(sessionPath), "-o",
                                       asFile(output), "--format", settings.format};
    if (!settings.header.empty() && settings.format == "tensorrt")
        arguments.insert(arguments.end(), {"--header", settings.header});
    if (settings.allowPartial)
        arguments.emplace_back("--allow-partial");
    return shellCommand(arguments);
}

}  // namespace clipscope::session
