// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clipscope::data {

/// An entry of an archive that is read piece by piece. Errors as ZipReader's. Entries of one
/// archive may be read by several threads (they take turns), each of them by one at a time.
class ZipStream {
public:
    virtual ~ZipStream() = default;

    virtual uint64_t size() const = 0;  ///< bytes, uncompressed

    /// Fills `to` with what comes next. With the last byte the checksum is verified, where all
    /// before it has been read without leaving anything out.
    virtual void read(std::span<std::byte> to) = 0;

    /// Goes to a place, in bytes from the entry's begin: at once where the entry is stored,
    /// otherwise by inflating all that lies before.
    virtual void seek(uint64_t position) = 0;
    virtual bool seeksAtOnce() const = 0;
};

/// A zip archive opened for reading; entries are stored or deflated, zip64 included. Errors: Io
/// (the file cannot be opened), BadInput (no zip, damaged, no such entry), Unsupported (encrypted,
/// another compression); each names the file and the entry. Threads may share it.
class ZipReader {
public:
    explicit ZipReader(const std::filesystem::path& path);
    ~ZipReader();
    ZipReader(ZipReader&&) noexcept;
    ZipReader& operator=(ZipReader&&) noexcept;

    /// The entries' names in the archive's order; folders are left out.
    const std::vector<std::string>& names() const;
    bool contains(std::string_view name) const;

    /// The content of an entry, its checksum verified.
    std::string read(const std::string& name) const;

    /// The entry at its begin. It keeps the archive open by itself.
    std::unique_ptr<ZipStream> stream(const std::string& name) const;

private:
    struct State;
    class Entry;
    std::shared_ptr<State> m_state;
};

/// A zip archive to be written at once. Times are fixed, so equal content gives equal bytes.
class ZipWriter {
public:
    enum class Compression { Stored, Deflated };

    explicit ZipWriter(std::filesystem::path path) : m_path(std::move(path)) {}

    /// Queues an entry; its name is UTF-8 and used once.
    void add(std::string name, std::string content, Compression compression);

    /// Replaces the file by the queued entries or leaves it as it was: temporary file beside it,
    /// fsync, rename. Throws Error(Io). Called once: it gives up the contents as it goes.
    void commit();

private:
    struct Entry {
        std::string name;
        std::string content;
        Compression compression;
    };
    std::filesystem::path m_path;
    std::vector<Entry> m_entries;
};

}  // namespace clipscope::data
