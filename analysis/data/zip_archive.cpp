// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/zip_archive.h"

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <new>
#include <unordered_set>

#include <fmt/format.h>
#include <zip.h>

#include "analysis/base/error.h"
#include "analysis/data/zip_setup.h"

namespace clipscope::data {
namespace {

/// Deflate expands by at most 1032; an entry that claims more is damaged or a trap.
constexpr uint64_t kLargestRatio = 1040;

Error openError(const std::filesystem::path& path, int code) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    const bool isIo = code == ZIP_ER_NOENT || code == ZIP_ER_OPEN || code == ZIP_ER_READ;
    if (isIo)
        return {ErrorCode::Io, fmt::format("cannot read '{}': {}", path.string(), reason)};
    return {ErrorCode::BadInput,
            fmt::format("'{}' is not a readable zip archive: {}", path.string(), reason)};
}

struct CloseZip {
    void operator()(zip_t* zip) const { zip_discard(zip); }
};
struct CloseEntry {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};

}  // namespace

struct ZipReader::State {
    std::string path;
    std::unique_ptr<zip_t, CloseZip> zip;
    std::vector<std::string> names;
    std::unordered_set<std::string> known;  // the same, to be looked up
    std::mutex mutex;                       // libzip's handle is not for several threads

    Error error(ErrorCode code, const std::string& name, const std::string& reason) const {
        return {code, fmt::format("'{}': cannot read '{}': {}", path, name, reason)};
    }
};

/// An entry at a place. Its position is known as long as `m_file` is there: an error closes it.
class ZipReader::Entry : public ZipStream {
public:
    Entry(std::shared_ptr<State> state, const std::string& name)
        : m_state(std::move(state)), m_name(name) {
        const std::scoped_lock lock(m_state->mutex);
        zip_stat_t info;
        if (zip_stat(m_state->zip.get(), name.c_str(), ZIP_FL_ENC_GUESS, &info) != 0)
            throw m_state->error(ErrorCode::BadInput, name, zip_strerror(m_state->zip.get()));
        if (info.size > (info.comp_size + 1) * kLargestRatio)
            throw m_state->error(ErrorCode::BadInput, name, "its size is impossible");
        m_index = info.index;
        m_size = info.size;
        m_isStored = info.comp_method == ZIP_CM_STORE;
        open();
    }

    ~Entry() override {
        const std::scoped_lock lock(m_state->mutex);
        m_file.reset();
    }

    uint64_t size() const override { return m_size; }
    bool seeksAtOnce() const override { return m_isStored; }

    void read(std::span<std::byte> to) override {
        const std::scoped_lock lock(m_state->mutex);
        if (!m_file)
            open();
        take(to);
    }

    void seek(uint64_t position) override {
        const std::scoped_lock lock(m_state->mutex);
        if (m_file && position == m_position)
            return;
        if (!m_file || (!m_isStored && position < m_position))
            open();
        if (m_isStored) {
            if (zip_fseek(m_file.get(), static_cast<zip_int64_t>(position), SEEK_SET) != 0)
                throw failed(zip_file_strerror(m_file.get()));
            m_position = position;
            return;
        }
        std::vector<std::byte> passed(size_t{1} << 16);
        while (m_position < position)
            take(std::span(passed).first(std::min(passed.size(), position - m_position)));
    }

private:
    void open() {
        m_position = 0;
        m_file.reset(zip_fopen_index(m_state->zip.get(), m_index, 0));
        if (m_file)
            return;
        const int code = zip_error_code_zip(zip_get_error(m_state->zip.get()));
        const bool unsupported =
            code == ZIP_ER_NOPASSWD || code == ZIP_ER_COMPNOTSUPP || code == ZIP_ER_ENCRNOTSUPP;
        throw m_state->error(unsupported ? ErrorCode::Unsupported : ErrorCode::BadInput, m_name,
                             zip_strerror(m_state->zip.get()));
    }

    void take(std::span<std::byte> to) {
        zip_int64_t got = 1;
        while (!to.empty() && got > 0) {
            got = zip_fread(m_file.get(), to.data(), to.size());
            if (got > 0) {
                m_position += static_cast<uint64_t>(got);
                to = to.subspan(static_cast<size_t>(got));
            }
        }
        char beyond = 0;
        const bool isLast = got >= 0 && m_position == m_size;
        if (isLast)  // asks for the end itself: libzip verifies the checksum when it meets it
            got = zip_fread(m_file.get(), &beyond, 1);
        if (got < 0)
            throw failed(zip_file_strerror(m_file.get()));
        if (!to.empty() || (isLast && got > 0))
            throw failed("it is not as long as the archive says");
    }

    Error failed(const char* reason) {
        Error error = m_state->error(ErrorCode::BadInput, m_name, reason);
        m_file.reset();
        return error;
    }

    const std::shared_ptr<State> m_state;
    const std::string m_name;
    zip_uint64_t m_index = 0;
    uint64_t m_size = 0;
    bool m_isStored = false;
    uint64_t m_position = 0;
    std::unique_ptr<zip_file_t, CloseEntry> m_file;
};

ZipReader::ZipReader(const std::filesystem::path& path) : m_state(std::make_shared<State>()) {
    int code = 0;
    m_state->path = path.string();
    setUpZip();
    m_state->zip.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
    if (!m_state->zip)
        throw openError(path, code);
    const zip_int64_t count = zip_get_num_entries(m_state->zip.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        const char* name =
            zip_get_name(m_state->zip.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_GUESS);
        if (name && !std::string_view(name).ends_with('/'))
            m_state->names.emplace_back(name);
    }
    m_state->known.insert(m_state->names.begin(), m_state->names.end());
}

ZipReader::~ZipReader() = default;
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader& ZipReader::operator=(ZipReader&&) noexcept = default;

const std::vector<std::string>& ZipReader::names() const {
    return m_state->names;
}

bool ZipReader::contains(std::string_view name) const {
    return m_state->known.contains(std::string(name));
}

std::string ZipReader::read(const std::string& name) const {
    Entry entry(m_state, name);
    std::string content;
    try {
        content.resize(entry.size());
    } catch (const std::exception&) {  // bad_alloc, length_error
        throw m_state->error(ErrorCode::OutOfMemory, name, "no memory for it");
    }
    entry.read(std::as_writable_bytes(std::span(content)));
    return content;
}

std::unique_ptr<ZipStream> ZipReader::stream(const std::string& name) const {
    return std::make_unique<Entry>(m_state, name);
}

}  // namespace clipscope::data
