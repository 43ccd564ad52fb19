// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/npy_header.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::data {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

Error malformed(const std::string& what, const std::string& detail) {
    return {ErrorCode::BadInput, fmt::format("'{}' is not a valid .npy array: {}", what, detail)};
}

/// Reads the Python dictionary that a header is: strings, True and False, tuples of integers.
class DictReader {
public:
    DictReader(std::string_view text, const std::string& what) : m_rest(text), m_what(what) {}

    bool take(char c) {
        skipSpace();
        if (m_rest.empty() || m_rest.front() != c)
            return false;
        m_rest.remove_prefix(1);
        return true;
    }

    void expect(char c) {
        if (!take(c))
            throw malformed(m_what, fmt::format("its header lacks a '{}'", c));
    }

    bool nextIs(char c) {
        skipSpace();
        return !m_rest.empty() && m_rest.front() == c;
    }

    std::string_view string() {
        skipSpace();
        const char quote = m_rest.empty() ? '\0' : m_rest.front();
        const size_t end = quote == '\'' || quote == '"' ? m_rest.find(quote, 1) : m_rest.npos;
        if (end == m_rest.npos)
            throw malformed(m_what, "its header lacks a string where one is due");
        const std::string_view value = m_rest.substr(1, end - 1);
        m_rest.remove_prefix(end + 1);
        return value;
    }

    bool boolean() {
        skipSpace();
        for (const auto& [word, value] : {std::pair{std::string_view("True"), true},
                                          std::pair{std::string_view("False"), false}}) {
            if (m_rest.starts_with(word)) {
                m_rest.remove_prefix(word.size());
                return value;
            }
        }
        throw malformed(m_what, "fortran_order is neither True nor False");
    }

    Shape tuple() {
        std::vector<int64_t> extents;
        expect('(');
        while (!take(')')) {
            extents.push_back(extent());
            if (!take(',')) {
                expect(')');
                break;
            }
        }
        return Shape(std::move(extents));
    }

private:
    int64_t extent() {
        skipSpace();
        int64_t value = 0;
        const auto [end, error] =
            std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), value);
        if (error != std::errc() || value < 0)
            throw malformed(m_what, "its shape is not a tuple of sizes");
        m_rest.remove_prefix(static_cast<size_t>(end - m_rest.data()));
        if (m_rest.starts_with('L'))  // Python 2 wrote long integers so
            m_rest.remove_prefix(1);
        return value;
    }

    void skipSpace() {
        const size_t first = m_rest.find_first_not_of(" \t\r\n");
        m_rest.remove_prefix(first == m_rest.npos ? m_rest.size() : first);
    }

    std::string_view m_rest;
    const std::string& m_what;
};

DType typeOf(std::string_view code) {
    struct Row {
        std::string_view code;
        DType type;
    };
    static constexpr Row kRows[] = {
        {"b1", DType::Bool},    {"i1", DType::Int8},    {"i2", DType::Int16},
        {"i4", DType::Int32},   {"i8", DType::Int64},   {"u1", DType::UInt8},
        {"u2", DType::UInt16},  {"u4", DType::UInt32},  {"u8", DType::UInt64},
        {"f2", DType::Float16}, {"f4", DType::Float32}, {"f8", DType::Float64},
    };
    for (const Row& row : kRows) {
        if (row.code == code)
            return row.type;
    }
    return DType::Undefined;
}

void readDescription(std::string_view descr, const std::string& what, NpyHeader& header) {
    std::string_view code = descr;
    if (!code.empty() && std::string_view("<>|=").find(code.front()) != code.npos) {
        header.swapped = code.front() == '>';
        code.remove_prefix(1);
    }
    if (code.starts_with('O'))
        throw Error(ErrorCode::BadInput,
                    fmt::format("'{}' holds Python objects (a pickle), which are never loaded; "
                                "save it with a numeric dtype",
                                what));
    header.type = typeOf(code);
    if (header.type == DType::Undefined)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("'{}' has dtype '{}', which is not supported; use float16, "
                                "float32, float64, bool or an integer type",
                                what, descr));
}

void readDictionary(std::string_view text, const std::string& what, NpyHeader& header) {
    DictReader dict(text, what);
    bool hasDescr = false;
    bool hasOrder = false;
    bool hasShape = false;
    dict.expect('{');
    while (!dict.take('}')) {
        const std::string_view key = dict.string();
        dict.expect(':');
        if (key == "descr") {
            if (dict.nextIs('['))
                throw Error(
                    ErrorCode::Unsupported,
                    fmt::format("'{}' is a structured array; save one plain array a field", what));
            readDescription(dict.string(), what, header);
            hasDescr = true;
        } else if (key == "fortran_order") {
            header.fortranOrder = dict.boolean();
            hasOrder = true;
        } else if (key == "shape") {
            header.shape = dict.tuple();
            hasShape = true;
        } else {
            throw malformed(what, fmt::format("its header has an unknown key '{}'", key));
        }
        if (!dict.take(',')) {
            dict.expect('}');
            break;
        }
    }
    if (!hasDescr || !hasOrder || !hasShape)
        throw malformed(what, "its header must give descr, fortran_order and shape");
}

/// The number of data bytes; throws where it cannot exist.
size_t sizeOf(const NpyHeader& header, const std::string& what) {
    int64_t bytes = static_cast<int64_t>(elementSize(header.type));
    for (const int64_t extent : header.shape) {
        if (__builtin_mul_overflow(bytes, extent, &bytes))
            throw malformed(
                what, fmt::format("its shape {} is impossibly large", header.shape.toString()));
    }
    return static_cast<size_t>(bytes);
}

/// Magic, version and the length of the longest known form.
constexpr size_t kStartSize = 12;

/// Where the dictionary stands, in bytes; its end is where the elements begin.
struct DictionaryPlace {
    size_t begin = 0;
    size_t end = 0;
};

DictionaryPlace dictionaryPlace(std::string_view text, const std::string& what) {
    if (!text.starts_with(kMagic))
        throw malformed(what, "it does not begin with \\x93NUMPY");
    if (text.size() < 8)
        throw malformed(what, "it is truncated");
    const int version = static_cast<unsigned char>(text[6]);
    if (version < 1 || version > 3)
        throw Error(
            ErrorCode::Unsupported,
            fmt::format("'{}' has .npy format version {}; 1 to 3 are known", what, version));
    const size_t lengthBytes = version == 1 ? 2 : 4;
    const size_t begin = 8 + lengthBytes;
    size_t length = 0;
    for (size_t i = 0; i < lengthBytes && 8 + i < text.size(); ++i)
        length |= static_cast<size_t>(static_cast<unsigned char>(text[8 + i])) << (8 * i);
    return {begin, begin + length};
}

std::string_view textOf(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// `start` holds the header at least, of an array of `size` bytes.
NpyHeader parseHeader(std::span<const std::byte> start, uint64_t size, const std::string& what) {
    const std::string_view text = textOf(start);
    const DictionaryPlace place = dictionaryPlace(text, what);
    if (text.size() < place.end)
        throw malformed(what, "it is truncated inside its header");

    NpyHeader header;
    readDictionary(text.substr(place.begin, place.end - place.begin), what, header);
    header.dataOffset = place.end;
    header.dataSize = sizeOf(header, what);
    if (size - header.dataOffset < header.dataSize)
        throw malformed(what, fmt::format("it is truncated: {} {} takes {} bytes, {} are there",
                                          name(header.type), header.shape.toString(),
                                          header.dataSize, size - header.dataOffset));
    return header;
}

}  // namespace

NpyHeader parseNpyHeader(std::span<const std::byte> bytes, const std::string& what) {
    return parseHeader(bytes, bytes.size(), what);
}

NpyHeader readNpyHeader(uint64_t size, const std::function<void(std::span<std::byte>)>& read,
                        const std::string& what) {
    std::vector<std::byte> start(std::min<uint64_t>(size, kStartSize));
    read(start);
    const size_t end = dictionaryPlace(textOf(start), what).end;
    if (size < end)
        throw malformed(what, "it is truncated inside its header");
    const size_t known = start.size();
    if (end > known) {
        start.resize(end);
        read(std::span(start).subspan(known));
    }
    return parseHeader(start, size, what);
}

}  // namespace clipscope::data
