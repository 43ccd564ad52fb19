// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "analysis/session/session.h"

namespace clipscope::session {

/// Version of the session format that this program writes; older ones are read.
inline constexpr int kFormatVersion = 1;

/// A `.clipscope` file is a zip: manifest.json (format version, model, recipe, options, samples),
/// tensors.json (names to indices, settings, counts, shapes: everything but arrays) and, by tensor
/// index, histograms/000123.npy (uint64 [k, 2]: float bits of each non-empty bin's edge nearest 0,
/// and its count), channels/000123.npy (float32 [c, 2]: min, max; NaN where none was finite),
/// amax/000123.npy (float64 [k, 2]: sample index, amax), exact/000123.npy (uint64 [n], two-pass).
/// Written to a temporary file, fsynced, renamed. Throws Error(Io).
void saveSession(const Session& session, const std::filesystem::path& path);

/// When the bins of the histograms are read.
enum class Loading {
    AtOnce,    ///< all of them are checked, and held in memory
    OnDemand,  ///< each time they are needed: a session of any size opens at once. The file stays
               ///< open; damaged bins are an Error where they are read, in whichever thread
};

/// Throws Error(BadInput) naming the file and the entry; a file of a newer version says so.
Session loadSession(const std::filesystem::path& path, Loading loading = Loading::AtOnce);

/// True when the file starts as a zip does; loadSession() then says what is wrong with it.
bool isSessionFile(const std::filesystem::path& path);

}  // namespace clipscope::session
