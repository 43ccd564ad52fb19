// SPDX-License-Identifier: Apache-2.0
#include "tests/zip_files.h"

#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <zip.h>

namespace clipscope {

ZipFiles readZip(const std::filesystem::path& path) {
    int code = 0;
    const std::unique_ptr<zip_t, void (*)(zip_t*)> archive(
        zip_open(path.c_str(), ZIP_RDONLY, &code), zip_discard);
    if (!archive)
        throw std::runtime_error(fmt::format("{}: libzip error {}", path.string(), code));
    ZipFiles files;
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
        zip_stat_t entry;
        zip_stat_index(archive.get(), static_cast<zip_uint64_t>(i), 0, &entry);
        const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
            zip_fopen_index(archive.get(), static_cast<zip_uint64_t>(i), 0), zip_fclose);
        std::string& bytes = files[entry.name];
        bytes.resize(entry.size);
        if (!file || zip_fread(file.get(), bytes.data(), bytes.size()) !=
                         static_cast<zip_int64_t>(bytes.size()))
            throw std::runtime_error(fmt::format("{}: cannot read {}", path.string(), entry.name));
    }
    return files;
}

}  // namespace clipscope
