// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clipscope::formats {

enum class Severity { Error, Warning, Info };

/// "error", "warning" or "info".
constexpr std::string_view toString(Severity severity) {
    switch (severity) {
        case Severity::Error:
            return "error";
        case Severity::Warning:
            return "warning";
        case Severity::Info:
            break;
    }
    return "info";
}

/// Something a reader noticed in a file that it could read all the same.
struct Finding {
    Severity severity = Severity::Info;
    std::string code;     ///< short and stable: "zero", "crlf", "duplicate-conflict"...
    size_t line = 0;      ///< from 1; 0 where it concerns the whole file
    std::string message;  ///< what was seen
    std::string fix;      ///< what to do about it; may be empty
};

}  // namespace clipscope::formats
