// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/input_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/base/error.h"

namespace clipscope {
namespace {

Error cannotRead(const std::string& path, const char* reason, ErrorCode code = ErrorCode::Io) {
    return {code, fmt::format("cannot read '{}': {}", path, reason)};
}

}  // namespace

// Opening a pipe would otherwise wait for somebody to write.
InputFile::InputFile(const std::filesystem::path& path)
    : m_path(path.string()), m_descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (m_descriptor < 0)
        throw cannotRead(m_path, std::strerror(errno));
    struct stat info {};
    const int error = ::fstat(m_descriptor, &info) != 0 ? errno
                      : S_ISDIR(info.st_mode)           ? EISDIR
                                                        : 0;
    if (error == 0 && S_ISREG(info.st_mode)) {
        m_size = static_cast<uint64_t>(info.st_size);
        return;
    }
    ::close(m_descriptor);
    if (error != 0)
        throw cannotRead(m_path, std::strerror(error));
    throw cannotRead(m_path, "it is no regular file", ErrorCode::BadInput);
}

InputFile::~InputFile() {
    ::close(m_descriptor);
}

void InputFile::read(uint64_t offset, std::span<std::byte> to) const {
    while (!to.empty()) {
        const ssize_t got = ::pread(m_descriptor, to.data(), to.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw cannotRead(m_path, std::strerror(errno));
        if (got == 0)
            throw Error(
                ErrorCode::BadInput,
                fmt::format("'{}' has changed meanwhile: it ends at byte {}", m_path, offset));
        offset += static_cast<uint64_t>(got);
        to = to.subspan(static_cast<size_t>(got));
    }
}

}  // namespace clipscope
