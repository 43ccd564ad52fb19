// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace clipscope {

/// Replaces `path` by `content` or leaves it as it was: writes a temporary file beside it, fsyncs,
/// renames. A symbolic link stays and its target is replaced; a device or pipe (/dev/stdout) is
/// written to. Throws Error(Io) naming the path and the reason (permission, no space left).
void writeFileAtomically(const std::filesystem::path& path, std::string_view content);

/// A name for a temporary file beside `path`, and the second half of an atomic replacement for
/// libraries that write by themselves: fsync `temporary`, rename it to `path`.
std::filesystem::path temporaryBeside(const std::filesystem::path& path);
void commitFile(const std::filesystem::path& temporary, const std::filesystem::path& path);

/// The whole file. Throws Error(Io) that says what is missing, or that it is a directory.
std::string readFile(const std::filesystem::path& path);

}  // namespace clipscope
