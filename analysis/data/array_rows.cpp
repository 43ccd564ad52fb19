// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/array_rows.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/input_file.h"
#include "analysis/data/npy_elements.h"
#include "analysis/data/npy_header.h"

namespace clipscope::data {
namespace {

/// Arrays of an archive below this are read whole: they are no burden.
constexpr size_t kSmall = size_t{1} << 20;
/// Rows that a stream passed on its way to one that was asked for earlier are kept up to here.
constexpr size_t kWindow = size_t{64} << 20;

/// What every array has: its header, and the conversion of what is read.
class Array : public ArrayRows {
public:
    NpyInfo info() const final { return {m_header.type, m_header.shape}; }

    Tensor whole() const final {
        return elements(m_header.shape, [&](std::span<std::byte> to) { readWhole(to); });
    }

protected:
    Array(NpyHeader header, std::string what)
        : m_header(std::move(header)), m_what(std::move(what)) {
        const bool isScalar = m_header.shape.rank() == 0;
        m_count = isScalar ? 1 : m_header.shape[0];
        m_rowShape = m_header.shape;
        if (!isScalar)
            m_rowShape[0] = 1;
        m_rowBytes = m_count == 0 ? 0 : m_header.dataSize / static_cast<size_t>(m_count);
    }

    virtual void readWhole(std::span<std::byte> to) const = 0;

    template <typename Read>
    Tensor elements(const Shape& shape, const Read& read) const {
        try {
            Tensor tensor(m_header.type, shape);
            read(std::span(tensor.mutableBytes(), tensor.byteSize()));
            return nativeElements(m_header, std::move(tensor));
        } catch (const Error& error) {
            if (error.code() != ErrorCode::OutOfMemory)
                throw;
            throw error.within(m_what);
        }
    }

    /// Where a row begins, in bytes from the array's begin, header included.
    uint64_t placeOf(int64_t row) const {
        return m_header.dataOffset + static_cast<uint64_t>(row) * m_rowBytes;
    }

    void requireRow(int64_t index) const {
        if (index < 0 || index >= m_count)
            throw Error(ErrorCode::Internal,
                        fmt::format("row {} of {} of '{}'", index, m_count, m_what));
    }

    Tensor rowOf(const Tensor& array, int64_t index) const {
        return array.rank() == 0 ? array : array.rows(index, index + 1);
    }

    const NpyHeader m_header;
    const std::string m_what;
    int64_t m_count = 0;  ///< of rows
    Shape m_rowShape;
    size_t m_rowBytes = 0;
};

class ArrayInFile : public Array {
public:
    ArrayInFile(std::shared_ptr<const InputFile> file, NpyHeader header, std::string what)
        : Array(std::move(header), std::move(what)), m_file(std::move(file)) {}

    Tensor row(int64_t index) const override {
        requireRow(index);
        if (rowsLieTogether(m_header))
            return elements(m_rowShape,
                            [&](std::span<std::byte> to) { m_file->read(placeOf(index), to); });
        const std::scoped_lock lock(m_mutex);
        if (!m_kept)
            m_kept = whole();
        return rowOf(*m_kept, index);
    }

private:
    void readWhole(std::span<std::byte> to) const override { m_file->read(placeOf(0), to); }

    const std::shared_ptr<const InputFile> m_file;
    mutable std::mutex m_mutex;
    mutable std::optional<Tensor> m_kept;  ///< the array where its rows do not lie together
};

class ArrayInArchive : public Array {
public:
    ArrayInArchive(std::unique_ptr<ZipStream> stream, NpyHeader header, std::string what)
        : Array(std::move(header), std::move(what)),
          m_stream(std::move(stream)),
          m_readsWhole(m_header.dataSize < kSmall || !rowsLieTogether(m_header)) {}

    Tensor row(int64_t index) const override {
        requireRow(index);
        const std::scoped_lock lock(m_mutex);
        if (!m_kept && (m_readsWhole || m_passed > 2 * m_count))
            keepWhole();
        if (m_kept)
            return rowOf(*m_kept, index);
        if (const auto ahead = m_ahead.find(index); ahead != m_ahead.end()) {
            Tensor row = std::move(ahead->second);
            m_ahead.erase(ahead);
            return row;
        }
        goTo(index);
        return next();
    }

private:
    void readWhole(std::span<std::byte> to) const override {
        const std::scoped_lock lock(m_streamMutex);
        m_stream->seek(m_header.dataOffset);
        m_stream->read(to);
    }

    void keepWhole() const {
        m_ahead.clear();
        m_kept = whole();
    }

    /// Rows on the way stay for the threads that come for them a little later.
    void goTo(int64_t index) const {
        const auto window = std::max<int64_t>(1, static_cast<int64_t>(kWindow / m_rowBytes));
        if (index < m_next || index - m_next > window) {
            if (!m_stream->seeksAtOnce())
                m_passed += index < m_next ? index : index - m_next;
            m_ahead.clear();
            m_next = index;
            return;
        }
        while (m_next < index) {
            const int64_t passed = m_next;
            m_ahead[passed] = next();
        }
        while (!m_ahead.empty() && m_ahead.begin()->first < index - window) {
            m_ahead.erase(m_ahead.begin());
            m_passed += m_stream->seeksAtOnce() ? 0 : 1;
        }
    }

    Tensor next() const {
        Tensor row = elements(m_rowShape, [&](std::span<std::byte> to) {
            const std::scoped_lock lock(m_streamMutex);
            m_stream->seek(placeOf(m_next));
            m_stream->read(to);
        });
        ++m_next;
        return row;
    }

    const std::unique_ptr<ZipStream> m_stream;
    const bool m_readsWhole;
    mutable std::mutex m_streamMutex;
    mutable std::mutex m_mutex;                 ///< of what follows
    mutable int64_t m_next = 0;                 ///< the row at which the stream stands
    mutable std::map<int64_t, Tensor> m_ahead;  ///< rows passed, not yet asked for
    mutable int64_t m_passed = 0;               ///< rows that were inflated for nothing
    mutable std::optional<Tensor> m_kept;       ///< the whole array
};

}  // namespace

std::unique_ptr<const ArrayRows> openNpy(const std::filesystem::path& path) {
    const std::string what = path.string();
    auto file = std::make_shared<const InputFile>(path);
    uint64_t offset = 0;
    NpyHeader header = readNpyHeader(
        file->size(),
        [&](std::span<std::byte> to) {
            file->read(offset, to);
            offset += to.size();
        },
        what);
    return std::make_unique<const ArrayInFile>(std::move(file), std::move(header), what);
}

std::unique_ptr<const ArrayRows> openNpy(const ZipReader& archive, const std::string& entry,
                                         const std::string& what) {
    auto stream = archive.stream(entry);
    NpyHeader header = readNpyHeader(
        stream->size(), [&](std::span<std::byte> to) { stream->read(to); }, what);
    return std::make_unique<const ArrayInArchive>(std::move(stream), std::move(header), what);
}

}  // namespace clipscope::data
