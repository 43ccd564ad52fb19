// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace clipscope::formats {

/// Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7).
bool isUtf8(std::string_view text);

/// The text with every byte that belongs to no well-formed sequence replaced by U+FFFD.
std::string withValidUtf8(std::string_view text);

/// A name or value of a file as it may stand in a message: control characters and bytes that are
/// not UTF-8 as \xHH, and no longer than `most` characters (the middle left out).
std::string shown(std::string_view text, size_t most = 80);

/// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace clipscope::formats
