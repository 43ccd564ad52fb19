// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace clipscope {

/// A regular file that is open for reading. Threads may share it: every read says where.
class InputFile {
public:
    /// Throws Error(Io) naming the path and the reason, Error(BadInput) for what is no file.
    explicit InputFile(const std::filesystem::path& path);
    ~InputFile();
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;

    int descriptor() const { return m_descriptor; }
    uint64_t size() const { return m_size; }  ///< bytes, when it was opened

    /// Fills `to` with what stands at `offset`. Throws Error(Io), Error(BadInput) where the file
    /// ends before.
    void read(uint64_t offset, std::span<std::byte> to) const;

private:
    std::string m_path;
    int m_descriptor;
    uint64_t m_size = 0;
};

}  // namespace clipscope
