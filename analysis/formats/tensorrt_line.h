// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/formats/scale_text.h"

namespace clipscope::formats {

/// One line of a TensorRT cache: its bytes, and where the name and the value lie in them.
struct CacheLine {
    std::string text;                ///< without its line end
    std::string end;                 ///< "\n", "\r\n" or, on the last line, nothing
    bool hasName = false;            ///< it has a colon that splits it
    size_t nameLength = 0;           ///< the name starts the text
    size_t valueBegin = 0;           ///< of the value without blanks around it
    size_t valueLength = 0;          ///< 0: no value
    std::optional<ScaleText> scale;  ///< nothing where the value cannot be read

    std::string_view name() const { return std::string_view(text).substr(0, nameLength); }
    std::string_view value() const {
        return std::string_view(text).substr(valueBegin, valueLength);
    }
    bool isBlank() const;
};

/// Splits at the last ':' before a space or tab; where that gives no value, at the last ':' before
/// one. `spaced` says that the file puts a blank after its colons: a few digits right after a colon
/// ("input_1:0") are then the end of a name.
CacheLine readCacheLine(std::string text, std::string end, bool spaced);

/// A file cut into lines, unread; the last one has no line end where the file has none.
std::vector<CacheLine> cutLines(std::string_view bytes);

}  // namespace clipscope::formats
