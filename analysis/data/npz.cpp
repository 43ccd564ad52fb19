// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/npz.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/error.h"
#include "analysis/data/npy.h"

namespace clipscope::data {

namespace {
constexpr std::string_view kExtension = ".npy";
}

NpzReader::NpzReader(const std::filesystem::path& path) : m_path(path.string()), m_zip(path) {
    for (const std::string& name : m_zip.names()) {
        if (name.ends_with(kExtension))
            m_names.push_back(name.substr(0, name.size() - kExtension.size()));
    }
}

std::unique_ptr<const ArrayRows> NpzReader::rows(const std::string& name) const {
    if (!contains(name))
        throw Error(
            ErrorCode::BadInput,
            fmt::format("'{}' has no array '{}'; it has {}", m_path, name,
                        m_names.empty() ? "none" : fmt::format("{}", fmt::join(m_names, ", "))));
    return openNpy(m_zip, name + std::string(kExtension), m_path + ": " + name);
}

void writeNpz(const std::filesystem::path& path,
              const std::vector<std::pair<std::string, Tensor>>& arrays,
              ZipWriter::Compression compression) {
    ZipWriter zip(path);
    for (const auto& [name, tensor] : arrays)
        zip.add(name + std::string(kExtension), npyBytes(tensor), compression);
    zip.commit();
}

}  // namespace clipscope::data
