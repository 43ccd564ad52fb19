// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace clipscope {

/// The files of an archive by their path in it.
using ZipFiles = std::map<std::string, std::string>;

/// Throws std::runtime_error for an archive that cannot be read.
ZipFiles readZip(const std::filesystem::path& path);

}  // namespace clipscope
