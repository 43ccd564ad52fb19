// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/open_arrays.h"

#include <algorithm>
#include <optional>

#include "analysis/data/npz.h"

namespace clipscope::data {

namespace {
constexpr size_t kMostOpen = 16;
}

struct OpenArrays::File {
    std::filesystem::path path;
    std::mutex mutex;  // of what follows
    std::optional<NpzReader> archive;
    std::map<std::string, std::shared_ptr<const ArrayRows>> arrays;
};

std::shared_ptr<OpenArrays::File> OpenArrays::file(const std::filesystem::path& path) {
    const std::scoped_lock lock(m_mutex);
    const auto open = std::find_if(m_files.begin(), m_files.end(),
                                   [&](const auto& file) { return file->path == path; });
    if (open != m_files.end()) {
        m_files.splice(m_files.begin(), m_files, open);
        return m_files.front();
    }
    m_files.push_front(std::make_shared<File>());
    m_files.front()->path = path;
    if (m_files.size() > kMostOpen)
        m_files.pop_back();
    return m_files.front();
}

std::shared_ptr<const ArrayRows> OpenArrays::rows(const std::filesystem::path& path,
                                                  const std::string& array) {
    const std::shared_ptr<File> open = file(path);
    const std::scoped_lock lock(open->mutex);
    std::shared_ptr<const ArrayRows>& rows = open->arrays[array];
    if (!rows && array.empty()) {
        rows = openNpy(path);
    } else if (!rows) {
        if (!open->archive)
            open->archive.emplace(path);
        rows = open->archive->rows(array);
    }
    return rows;
}

}  // namespace clipscope::data
