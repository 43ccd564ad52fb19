// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/mapped_file.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/base/error.h"

namespace clipscope {

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
    auto fail = [&](int error) {
        return Error(ErrorCode::Io,
                     fmt::format("cannot read '{}': {}", path.string(), std::strerror(error)));
    };
    // Opening a pipe would otherwise wait for somebody to write.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        throw fail(errno);
    struct stat info {};
    if (::fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
        const int error = S_ISDIR(info.st_mode) ? EISDIR : errno;
        ::close(fd);
        throw fail(error);
    }
    if (!S_ISREG(info.st_mode)) {
        ::close(fd);
        throw Error(ErrorCode::BadInput,
                    fmt::format("cannot read '{}': it is no regular file", path.string()));
    }
    const auto size = static_cast<size_t>(info.st_size);
    void* data = nullptr;
    if (size > 0)
        data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    const int error = errno;
    ::close(fd);
    if (data == MAP_FAILED)
        throw fail(error);
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
