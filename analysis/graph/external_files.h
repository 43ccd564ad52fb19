// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "analysis/base/mapped_file.h"

namespace clipscope::graph {

/// The files of external data beside a model, each mapped once however many weights lie in it.
class ExternalFiles {
public:
    explicit ExternalFiles(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    /// `location` is relative to the model's folder. Throws Error(BadInput) where it leads out of
    /// it (absolute, through "..", or through a symbolic link), Error(Io) where it cannot be read.
    std::shared_ptr<const MappedFile> open(const std::string& location);

private:
    std::filesystem::path m_folder;
    std::map<std::string, std::shared_ptr<const MappedFile>> m_files;
};

}  // namespace clipscope::graph
