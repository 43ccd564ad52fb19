// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <zip.h>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/data/zip_archive.h"
#include "analysis/data/zip_setup.h"

namespace clipscope::data {
namespace {

struct DiscardZip {
    void operator()(zip_t* zip) const { zip_discard(zip); }
};
struct FreeSource {
    void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Zip = std::unique_ptr<zip_t, DiscardZip>;
using Source = std::unique_ptr<zip_source_t, FreeSource>;

/// Makes the errors of an archive with the reasons that libzip gives.
class Failure {
public:
    explicit Failure(const std::filesystem::path& path) : m_path(path.string()) {}

    Error error(const char* reason) const {
        return {ErrorCode::Io, fmt::format("cannot write '{}': {}", m_path, reason)};
    }
    Error error(zip_t* zip) const { return error(zip_strerror(zip)); }

private:
    std::string m_path;
};

void add(zip_t* zip, const std::string& name, Source source, bool deflated,
         const Failure& failure) {
    if (!source)
        throw failure.error(zip);
    const zip_int64_t index = zip_file_add(zip, name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
    if (index < 0)
        throw failure.error(zip).within(name);
    (void)source.release();  // the archive's
    const auto i = static_cast<zip_uint64_t>(index);
    zip_set_file_compression(zip, i, deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 1);
    zip_file_set_dostime(zip, i, 0, 0x21, 0);  // 1980-01-01, the format's first day
}

Source contentOf(zip_t* zip, const std::string& content) {
    return Source(zip_source_buffer(zip, content.data(), content.size(), 0));
}

void close(Zip zip, const Failure& failure) {
    if (zip_close(zip.get()) != 0)  // libzip removes what it has written
        throw failure.error(zip.get());
    (void)zip.release();  // zip_close has freed it
}

/// An archive in memory with `content` as its only entry, deflated: what takes time, so that it can
/// be done for several at once.
Zip deflatedInMemory(const std::string& content, const Failure& failure) {
    zip_error_t error;
    zip_error_init(&error);
    const auto failed = [&] {
        const Error made = failure.error(zip_error_strerror(&error));
        zip_error_fini(&error);
        return made;
    };
    Source bytes(zip_source_buffer_create(nullptr, 0, 0, &error));
    if (!bytes)
        throw failed();
    Zip written(zip_open_from_source(bytes.get(), ZIP_CREATE | ZIP_TRUNCATE, &error));
    if (!written)
        throw failed();
    zip_source_keep(bytes.get());  // when `written` is closed
    add(written.get(), "entry", contentOf(written.get(), content), true, failure);
    close(std::move(written), failure);
    Zip read(zip_open_from_source(bytes.get(), ZIP_RDONLY, &error));
    if (!read)
        throw failed();
    (void)bytes.release();  // of `read`
    return read;
}

}  // namespace

void ZipWriter::add(std::string name, std::string content, Compression compression) {
    m_entries.push_back({std::move(name), std::move(content), compression});
}

void ZipWriter::commit() {
    constexpr size_t kSmall = size_t{1} << 16;  // bytes
    const Failure failure(m_path);
    setUpZip();
    std::vector<Zip> deflated(m_entries.size());
    parallelForEach(static_cast<int64_t>(m_entries.size()), [&](int64_t i) {
        Entry& entry = m_entries[static_cast<size_t>(i)];
        if (entry.compression == Compression::Stored || entry.content.size() <= kSmall)
            return;
        deflated[static_cast<size_t>(i)] = deflatedInMemory(entry.content, failure);
        std::string().swap(entry.content);
    });
    const std::filesystem::path temporary = temporaryBeside(m_path);
    int code = 0;
    Zip zip(zip_open(temporary.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
    if (!zip) {
        const int reason = errno;
        throw failure.error(reason ? std::strerror(reason) : "the folder refuses a new file");
    }
    for (size_t i = 0; i < m_entries.size(); ++i) {
        const Entry& entry = m_entries[i];
        zip_t* made = deflated[i].get();
        Source source = made ? Source(zip_source_zip(zip.get(), made, 0, ZIP_FL_COMPRESSED, 0, 0))
                             : contentOf(zip.get(), entry.content);
        data::add(zip.get(), entry.name, std::move(source),
                  entry.compression == Compression::Deflated, failure);
    }
    close(std::move(zip), failure);
    commitFile(temporary, m_path);
}

}  // namespace clipscope::data
