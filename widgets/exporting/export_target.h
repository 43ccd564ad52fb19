// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>

#include "analysis/formats/format_table.h"

namespace clipscope::widgets {

/// The file that a typed name stands for: "~" is the home folder, a relative name lies beside the
/// session (what folder the window was started in, nobody knows). Empty for an empty one.
QString exportPath(const QString& typed, const QString& sessionPath);

/// Why nothing can be written to the path, with what to do; empty where all is well.
QString problemOfTarget(const QString& path, const QString& sessionPath, const QString& modelPath);

/// The lines of the file that is there, where it is one of the range files that can be read.
std::optional<formats::RangesFile> comparableFile(const QString& path);

}  // namespace clipscope::widgets
