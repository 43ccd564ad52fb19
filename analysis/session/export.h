// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "analysis/base/cancellation.h"
#include "analysis/session/session.h"

namespace clipscope::session {

struct ExportSettings {
    std::string format = "tensorrt";
    std::string header;  ///< "" for the session's, else the default of its method
    bool allowPartial = false;
};

struct ExportReport {
    std::string format;
    size_t written = 0;                 ///< tensors
    std::vector<std::string> warnings;  ///< what the format could not hold
};

/// The bytes of an export, and what they leave out; nothing is written. `current` has a setting for
/// each tensor, which is read instead of the session's. Of a range file that was opened
/// (openRanges) it is what the file itself gives once its lines are edited: the same format keeps
/// every byte but those of changed lines, and a tensor that it lacks is added only where the user
/// gave it a scale. Error(Usage) for a partial session without allowPartial.
struct ExportContent {
    std::string bytes;
    ExportReport report;
};
ExportContent makeExport(const Session& session, std::span<const Setting> current,
                         const ExportSettings& settings, const CancellationToken& cancel = {});

/// Writes a session's current thresholds: the bytes of makeExport(), all or nothing.
ExportReport exportSession(const Session& session, std::span<const Setting> current,
                           const std::filesystem::path& output, const ExportSettings& settings);
ExportReport exportSession(const Session& session, const std::filesystem::path& output,
                           const ExportSettings& settings);

/// Converts a file of ranges; to its own format it is byte for byte what was read, but for a header
/// that settings give.
ExportReport exportRanges(const std::filesystem::path& ranges, const std::filesystem::path& output,
                          const ExportSettings& settings);

/// The header that an export of this session carries.
std::string headerFor(const Session& session, const ExportSettings& settings);

}  // namespace clipscope::session
