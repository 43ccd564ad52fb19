// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/data/array_rows.h"
#include "analysis/data/zip_archive.h"
#include "analysis/tensor/tensor.h"

namespace clipscope::data {

/// The arrays of an .npz (a zip of .npy files; numpy.savez and savez_compressed). Errors as
/// ZipReader and parseNpy, naming "file: array".
class NpzReader {
public:
    explicit NpzReader(const std::filesystem::path& path);

    /// Array names in the file's order, without ".npy"; other entries are passed over.
    const std::vector<std::string>& names() const { return m_names; }
    bool contains(const std::string& name) const { return m_zip.contains(name + ".npy"); }

    /// Error(BadInput) listing the names that exist when this one does not.
    Tensor read(const std::string& name) const { return rows(name)->whole(); }

    /// The same, to be read row by row. It keeps the archive open by itself.
    std::unique_ptr<const ArrayRows> rows(const std::string& name) const;

private:
    std::string m_path;
    ZipReader m_zip;
    std::vector<std::string> m_names;
};

/// Writes named arrays as numpy.savez does (stored) or savez_compressed (deflated), all or nothing.
void writeNpz(const std::filesystem::path& path,
              const std::vector<std::pair<std::string, Tensor>>& arrays,
              ZipWriter::Compression compression = ZipWriter::Compression::Stored);

}  // namespace clipscope::data
