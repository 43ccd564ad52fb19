// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace clipscope::session {

/// SHA-256 of a file's bytes, 64 lower-case hex digits: which model a session belongs to. Weights
/// in external files are not part of it. Throws Error(Io).
std::string sha256OfFile(const std::filesystem::path& path);

}  // namespace clipscope::session
