// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/mapped_file.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "analysis/base/error.h"
#include "analysis/base/input_file.h"

namespace clipscope {

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
    const InputFile file(path);
    const auto size = static_cast<size_t>(file.size());
    void* data = nullptr;
    if (size > 0)
        data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
    if (data == MAP_FAILED)
        throw Error(ErrorCode::Io,
                    fmt::format("cannot read '{}': {}", path.string(), std::strerror(errno)));
    return std::shared_ptr<const MappedFile>(
        new MappedFile(static_cast<const std::byte*>(data), size));
}

void MappedFile::forget(std::span<const std::byte> bytes) noexcept {
    const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
    const uintptr_t begin = (reinterpret_cast<uintptr_t>(bytes.data()) + page - 1) / page * page;
    const uintptr_t end = reinterpret_cast<uintptr_t>(bytes.data() + bytes.size()) / page * page;
    if (begin < end)
        ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

MappedFile::~MappedFile() {
    if (m_size > 0)
        ::munmap(const_cast<std::byte*>(m_data), m_size);
}

}  // namespace clipscope
