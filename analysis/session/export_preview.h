// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/formats/format_table.h"
#include "analysis/session/export.h"

namespace clipscope::session {

/// A scale in a file: what is compared.
struct ExportedScale {
    float scale = 0;
    int zeroPoint = 0;
    bool isAffine = false;
    double lo = 0;  ///< of affine ranges
    double hi = 0;

    float threshold() const;  ///< float32(127 s)
    /// Whether they quantize alike, to the bit.
    bool equals(const ExportedScale& other) const {
        return scale == other.scale && zeroPoint == other.zeroPoint;
    }
};

/// One tensor of the file to be written, or one that it no longer holds.
struct ExportLine {
    size_t line = 0;  ///< from 1 in the new file; 0 where it is not in it, or the format has none
    std::string name;
    std::optional<ExportedScale> before;  ///< nothing: it was not there
    std::optional<ExportedScale> after;   ///< nothing: it is left out
    std::string method;                   ///< of the new scale, "manual" by hand
    bool keepsFloat = false;              ///< left out since the user keeps it in float

    bool isChanged() const;
    /// By how much T (of affine ranges the width) changes, in percent; nothing where there are not
    /// two to compare.
    std::optional<double> changePercent() const;
};

/// What an export will do, before anything is written.
struct ExportPreview {
    ExportContent content;  ///< empty where `problem` says why nothing can be written
    std::string problem;
    std::vector<ExportLine> lines;  ///< in the order of the new file, those left out in their place
    size_t changed = 0;
    size_t total = 0;  ///< tensors that could have a scale
    /// Of each format of the table, the tensors it cannot hold as they are: affine ranges where it
    /// has none, names that it cannot spell.
    std::vector<size_t> lostByFormat;
};

/// `against`: rows of the file that is compared with (readFormat()); without it, the originals of
/// the tensors. `current` as for makeExport(). Throws Cancelled; errors are the `problem`.
ExportPreview previewExport(const Session& session, std::span<const Setting> current,
                            const ExportSettings& settings,
                            const std::optional<formats::RangesFile>& against,
                            const CancellationToken& cancel = {});

/// A row of a listing that leaves out long runs of equal lines.
struct ContextRow {
    size_t line = 0;   ///< index of the line, of the first one where lines are left out
    size_t count = 0;  ///< 0: the line itself; else that many equal lines are left out
};

/// Changed lines with up to `context` equal ones on either side; runs of no more than one further
/// line are shown.
std::vector<ContextRow> withContext(std::span<const ExportLine> lines, size_t context);

/// The arguments as a POSIX shell reads them: quoted where they need it.
std::string shellCommand(std::span<const std::string> arguments);

/// What does the same as an export of this session file on the command line.
std::string exportCommand(const std::string& sessionPath, const std::string& output,
                          const ExportSettings& settings);

}  // namespace clipscope::session
