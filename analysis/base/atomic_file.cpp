// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/atomic_file.h"

#include <atomic>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/base/error.h"

namespace clipscope {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* verb, const fs::path& path, int error) {
    throw Error(ErrorCode::Io,
                fmt::format("cannot {} '{}': {}", verb, path.string(), std::strerror(error)));
}

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int fd) : m_fd(fd) {}
    ~Descriptor() {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return m_fd; }
    bool isOpen() const { return m_fd >= 0; }

private:
    int m_fd;
};

void syncFolderOf(const fs::path& path) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.isOpen())
        ::fsync(fd.get());
}

/// The file that a path stands for: through symbolic links, which stay.
fs::path targetOf(const fs::path& path) {
    std::error_code error;
    const fs::path target = fs::weakly_canonical(path, error);
    return error ? path : target;
}

/// True for devices, pipes and sockets, which are written to and never replaced.
bool isSpecial(const fs::path& path) {
    std::error_code ignored;
    const fs::file_status status = fs::status(path, ignored);
    return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

void writeAll(const Descriptor& fd, std::string_view content, const fs::path& path) {
    while (!content.empty()) {
        const ssize_t written = ::write(fd.get(), content.data(), content.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            fail("write", path, errno);
        content.remove_prefix(static_cast<size_t>(written));
    }
}

/// Removes the temporary file unless the replacement went through.
struct RemoveUnlessDone {
    const fs::path& path;
    bool done = false;
    ~RemoveUnlessDone() {
        std::error_code ignored;
        if (!done)
            fs::remove(path, ignored);
    }
};

}  // namespace

fs::path temporaryBeside(const fs::path& path) {
    static std::atomic<unsigned> counter{0};
    fs::path temporary = targetOf(path);
    temporary += fmt::format(".{}-{}.tmp", ::getpid(), counter++);
    return temporary;
}

void commitFile(const fs::path& temporary, const fs::path& path) {
    RemoveUnlessDone cleanup{temporary};
    if (isSpecial(path))
        throw Error(ErrorCode::Io,
                    fmt::format("cannot write '{}': it is not a regular file", path.string()));
    const fs::path target = targetOf(path);
    {
        const Descriptor fd(::open(temporary.c_str(), O_RDWR | O_CLOEXEC));
        if (!fd.isOpen() || ::fsync(fd.get()) != 0)
            fail("write", path, errno);
        struct stat old {};
        if (::stat(target.c_str(), &old) == 0)  // keep the permissions that the user gave the file
            ::fchmod(fd.get(), old.st_mode & 07777);
    }
    if (::rename(temporary.c_str(), target.c_str()) != 0)
        fail("write", path, errno);
    cleanup.done = true;
    syncFolderOf(target);
}

void writeFileAtomically(const fs::path& path, std::string_view content) {
    if (isSpecial(path)) {
        const Descriptor fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        if (!fd.isOpen())
            fail("write", path, errno);
        return writeAll(fd, content, path);
    }
    const fs::path temporary = temporaryBeside(path);
    RemoveUnlessDone cleanup{temporary};
    {
        const Descriptor fd(
            ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
        if (!fd.isOpen())
            fail("write", path, errno);
        writeAll(fd, content, path);
    }
    commitFile(temporary, path);
    cleanup.done = true;
}

std::string readFile(const fs::path& path) {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.isOpen())
        fail("read", path, errno);
    std::string content;
    char buffer[1 << 16];
    for (;;) {
        const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail("read", path, errno);
        if (got == 0)
            return content;
        content.append(buffer, static_cast<size_t>(got));
    }
}

}  // namespace clipscope
