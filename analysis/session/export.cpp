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

std::string headerFor(const Session& session, const ExportSettings& settings) {
    if (!settings.header.empty())
        return settings.header;
    if (!session.header.empty())
        return session.header;
    return formats::defaultHeader(threshold::findMethod(session.method).cacheAlgorithm);
}

ExportReport exportSession(const Session& session, const std::filesystem::path& output,
                           const ExportSettings& settings) {
    const formats::Format& format = formats::findFormat(settings.format);
    if (session.isPartial && !settings.allowPartial)
        throw Error(ErrorCode::Usage,
                    fmt::format("the calibration was cancelled after {} samples; finish it, or "
                                "export what there is with --allow-partial",
                                session.samples.size()));
    formats::ExportRequest request;
    request.rows = makeRows(session, format.onlyScales ? RowDetail::Settings : RowDetail::Errors);
    request.header = headerFor(session, settings);
    ExportReport report{std::string(format.id), 0, formats::losses(format, request.rows)};
    writeFileAtomically(output, formats::writeFormat(format, request));
    for (const formats::TensorRow& row : request.rows)
        report.written += !format.onlyScales || formats::isExported(row) ? 1 : 0;
    return report;
}

ExportReport exportRanges(const std::filesystem::path& ranges, const std::filesystem::path& output,
                          const ExportSettings& settings) {
    const formats::Format& format = formats::findFormat(settings.format);
    const std::string bytes = readFile(ranges);
    const formats::Format& source = formats::detectFormat(bytes, ranges.string());
    const formats::RangesFile read = formats::readFormat(source, bytes, ranges.string());
    ExportReport report{std::string(format.id), read.rows.size(), {}};
    if (source.id == "tensorrt" && format.id == "tensorrt") {
        auto cache = formats::TensorRtCache::parse(bytes, ranges.string());
        if (!settings.header.empty())
            cache.setHeader(settings.header);
        writeFileAtomically(output, cache.toBytes());
        return report;
    }
    formats::ExportRequest request;
    request.rows = read.rows;
    request.header = settings.header.empty() ? read.header : settings.header;
    report.warnings = formats::losses(format, request.rows);
    writeFileAtomically(output, formats::writeFormat(format, request));
    return report;
}

}  // namespace clipscope::session
