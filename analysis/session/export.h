// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

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

/// A file to be written, and what is to be told of it.
struct ExportedBytes {
    std::string bytes;
    ExportReport report;
};

/// The file that a session's current thresholds give. Of a range file that was opened (openRanges)
/// it is what the file itself gives once its lines are edited: the same format keeps every byte but
/// those of changed lines. A tensor that it lacks is added only where the user gave it a scale.
/// Error(Usage) for a partial session without allowPartial.
ExportedBytes exportBytes(const Session& session, const ExportSettings& settings);

/// Writes a session's current thresholds: exportBytes() into a file, all or nothing.
ExportReport exportSession(const Session& session, const std::filesystem::path& output,
                           const ExportSettings& settings);

/// Converts a file of ranges; to its own format it is byte for byte what was read, but for a header
/// that settings give.
ExportReport exportRanges(const std::filesystem::path& ranges, const std::filesystem::path& output,
                          const ExportSettings& settings);

/// The header that an export of this session carries.
std::string headerFor(const Session& session, const ExportSettings& settings);

}  // namespace clipscope::session
