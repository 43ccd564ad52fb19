// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace clipscope {

/// A file mapped read-only; unmapped when the last copy of the pointer goes.
class MappedFile {
public:
    /// Throws Error(Io) naming the path and the reason.
    static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);

    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    /// Gives back the memory that holds whole pages of `bytes`, a part of a mapped file: they are
    /// read again from the file when they are needed.
    static void forget(std::span<const std::byte> bytes) noexcept;

    std::span<const std::byte> bytes() const { return {m_data, m_size}; }

private:
    MappedFile(const std::byte* data, size_t size) : m_data(data), m_size(size) {}

    const std::byte* m_data;
    size_t m_size;
};

}  // namespace clipscope
