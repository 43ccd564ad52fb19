// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/external_files.h"

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::graph {
namespace {

namespace fs = std::filesystem;

bool leavesFolder(const fs::path& relative) {
    return relative.empty() || *relative.begin() == "..";
}

/// The path of external data, symbolic links followed.
fs::path insideFolder(const fs::path& folder, const std::string& location) {
    if (location.empty())
        throw Error(ErrorCode::BadInput, "no file is named");
    if (location.find('\0') != std::string::npos)
        throw Error(ErrorCode::BadInput, "the file's name holds a zero byte");
    std::error_code ignored;
    const fs::path base = fs::weakly_canonical(folder.empty() ? "." : folder, ignored);
    const fs::path path = fs::weakly_canonical(base / location, ignored);
    if (fs::path(location).is_absolute() ||
        leavesFolder((base / location).lexically_normal().lexically_relative(base)))
        throw Error(
            ErrorCode::BadInput,
            fmt::format("'{}' lies outside the model's folder, where Clipscope reads nothing; "
                        "put it beside the model and save the model with that path",
                        location));
    if (leavesFolder(path.lexically_relative(base)))
        throw Error(
            ErrorCode::BadInput,
            fmt::format("'{}' is a symbolic link to '{}', outside the model's folder, where "
                        "Clipscope reads nothing; put the file itself there",
                        location, path.string()));
    return path;
}

}  // namespace

std::shared_ptr<const MappedFile> ExternalFiles::open(const std::string& location) {
    auto& file = m_files[location];
    if (!file)
        file = MappedFile::open(insideFolder(m_folder, location));
    return file;
}

}  // namespace clipscope::graph
