// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/zip_archive.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>
#include <unordered_set>

#include <fmt/format.h>
#include <zip.h>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"

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

ZipReader::ZipReader(const std::filesystem::path& path) : m_state(std::make_unique<State>()) {
    int code = 0;
    m_state->path = path.string();
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
    const std::scoped_lock lock(m_state->mutex);
    zip_stat_t info;
    if (zip_stat(m_state->zip.get(), name.c_str(), ZIP_FL_ENC_GUESS, &info) != 0)
        throw m_state->error(ErrorCode::BadInput, name, zip_strerror(m_state->zip.get()));
    if (info.size > (info.comp_size + 1) * kLargestRatio)
        throw m_state->error(ErrorCode::BadInput, name, "its size is impossible");
    const std::unique_ptr<zip_file_t, CloseEntry> file(
        zip_fopen_index(m_state->zip.get(), info.index, 0));
    if (!file) {
        const int code = zip_error_code_zip(zip_get_error(m_state->zip.get()));
        const bool unsupported =
            code == ZIP_ER_NOPASSWD || code == ZIP_ER_COMPNOTSUPP || code == ZIP_ER_ENCRNOTSUPP;
        throw m_state->error(unsupported ? ErrorCode::Unsupported : ErrorCode::BadInput, name,
                             zip_strerror(m_state->zip.get()));
    }
    std::string content;
    try {
        content.resize(info.size);
    } catch (const std::exception&) {  // bad_alloc, length_error
        throw m_state->error(ErrorCode::OutOfMemory, name, "no memory for it");
    }
    uint64_t done = 0;
    zip_int64_t got = 1;
    while (done < content.size() && got > 0) {
        got = zip_fread(file.get(), content.data() + done, content.size() - done);
        done += got > 0 ? static_cast<uint64_t>(got) : 0;
    }
    char beyond = 0;
    if (got >= 0)  // asks for the end itself: libzip verifies the checksum when it meets it
        got = zip_fread(file.get(), &beyond, 1);
    if (got < 0)
        throw m_state->error(ErrorCode::BadInput, name, zip_file_strerror(file.get()));
    if (got > 0 || done != content.size())
        throw m_state->error(ErrorCode::BadInput, name, "it is not as long as the archive says");
    return content;
}

void ZipWriter::add(std::string name, std::string content, Compression compression) {
    m_entries.push_back({std::move(name), std::move(content), compression});
}

void ZipWriter::commit() {
    auto fail = [&](const char* reason) {
        return Error(ErrorCode::Io, fmt::format("cannot write '{}': {}", m_path.string(), reason));
    };
    const std::filesystem::path temporary = temporaryBeside(m_path);
    int code = 0;
    std::unique_ptr<zip_t, CloseZip> zip(
        zip_open(temporary.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
    if (!zip) {
        const int reason = errno;
        throw fail(reason ? std::strerror(reason) : "the folder refuses a new file");
    }
    for (const Entry& entry : m_entries) {
        zip_source_t* source =
            zip_source_buffer(zip.get(), entry.content.data(), entry.content.size(), 0);
        if (!source)
            throw fail(zip_strerror(zip.get()));
        const zip_int64_t index =
            zip_file_add(zip.get(), entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
        if (index < 0) {
            zip_source_free(source);
            throw fail(zip_strerror(zip.get())).within(entry.name);
        }
        const auto i = static_cast<zip_uint64_t>(index);
        const bool stored = entry.compression == Compression::Stored;
        zip_set_file_compression(zip.get(), i, stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 1);
        zip_file_set_dostime(zip.get(), i, 0, 0x21, 0);  // 1980-01-01, the format's first day
    }
    if (zip_close(zip.get()) != 0) {  // libzip removes what it has written
        const Error error = fail(zip_strerror(zip.get()));
        throw error;
    }
    (void)zip.release();  // zip_close has freed it
    commitFile(temporary, m_path);
}

}  // namespace clipscope::data
