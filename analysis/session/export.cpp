// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/export.h"

#include <fmt/format.h>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "analysis/formats/format_table.h"
#include "analysis/formats/tensorrt_cache.h"
#include "analysis/formats/tensorrt_header.h"
#include "analysis/session/rows.h"

namespace clipscope::session {
namespace {

/// The bytes of a range file in the format asked for.
ExportContent convertRanges(std::string bytes, const std::string& fileName,
                            const ExportSettings& settings) {
    const formats::Format& format = formats::findFormat(settings.format);
    const formats::Format& source = formats::detectFormat(bytes, fileName);
    const formats::RangesFile read = formats::readFormat(source, bytes, fileName);
    ExportReport report{std::string(format.id), read.rows.size(), {}};
    if (source.id == "tensorrt" && format.id == "tensorrt") {
        auto cache = formats::TensorRtCache::parse(bytes, fileName);
        if (!settings.header.empty())
            cache.setHeader(settings.header);
        return {cache.toBytes(), std::move(report)};
    }
    formats::ExportRequest request;
    request.rows = read.rows;
    request.header = settings.header.empty() ? read.header : settings.header;
    report.warnings = formats::losses(format, request.rows);
    return {formats::writeFormat(format, request), std::move(report)};
}

/// The range file that was opened, with the user's edits in its lines.
std::string editedRanges(const Session& session, std::span<const Setting> current) {
    auto cache = formats::TensorRtCache::parse(session.rangesBytes, session.rangesPath);
    for (size_t i = 0; i < session.tensors.size(); ++i) {
        const TensorEntry& tensor = session.tensors[i];
        const Setting& setting = current[i];
        if (setting == tensor.original)
            continue;
        if (setting.isAffine)
            throw Error(ErrorCode::BadInput,
                        fmt::format("'{}' has an affine range, and a TensorRT cache holds "
                                    "symmetric ones only; give it a threshold, or keep it in float",
                                    tensor.name));
        const bool isThere = cache.contains(tensor.name);
        if (!setting.keepFloat && isThere)
            cache.setScale(tensor.name, setting.scale);
        else if (!setting.keepFloat)
            cache.append(tensor.name, setting.scale);
        else if (isThere)
            cache.remove(tensor.name);
    }
    return cache.toBytes();
}

}  // namespace

std::string headerFor(const Session& session, const ExportSettings& settings) {
    if (!settings.header.empty())
        return settings.header;
    if (!session.header.empty())
        return session.header;
    return formats::defaultHeader(threshold::findMethod(session.method).cacheAlgorithm);
}

ExportContent makeExport(const Session& session, std::span<const Setting> current,
                         const ExportSettings& settings, const CancellationToken& cancel) {
    if (!session.rangesPath.empty())
        return convertRanges(editedRanges(session, current), session.rangesPath, settings);
    const formats::Format& format = formats::findFormat(settings.format);
    if (session.isPartial && !settings.allowPartial)
        throw Error(ErrorCode::Usage,
                    fmt::format("the calibration was cancelled after {} samples; finish it, or "
                                "export what there is with --allow-partial",
                                session.samples.size()));
    const RowDetail detail = format.onlyScales ? RowDetail::Settings : RowDetail::Errors;
    formats::ExportRequest request;
    request.rows = makeRows(session, current, detail, cancel);
    request.header = headerFor(session, settings);
    ExportContent content;
    content.report = {std::string(format.id), 0, formats::losses(format, request.rows)};
    content.bytes = formats::writeFormat(format, request);
    for (const formats::TensorRow& row : request.rows)
        content.report.written += !format.onlyScales || formats::isExported(row) ? 1 : 0;
    return content;
}

ExportReport exportSession(const Session& session, std::span<const Setting> current,
                           const std::filesystem::path& output, const ExportSettings& settings) {
    ExportContent content = makeExport(session, current, settings);
    writeFileAtomically(output, content.bytes);
    return std::move(content.report);
}

ExportReport exportSession(const Session& session, const std::filesystem::path& output,
                           const ExportSettings& settings) {
    return exportSession(session, currentSettings(session), output, settings);
}

ExportReport exportRanges(const std::filesystem::path& ranges, const std::filesystem::path& output,
                          const ExportSettings& settings) {
    ExportContent exported = convertRanges(readFile(ranges), ranges.string(), settings);
    writeFileAtomically(output, exported.bytes);
    return std::move(exported.report);
}

}  // namespace clipscope::session
