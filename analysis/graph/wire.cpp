// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/wire.h"

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::graph {
namespace {

constexpr int kModelGraph = 7;
constexpr int kGraphInitializer = 5;
constexpr int kTensorRawData = 9;
constexpr size_t kSmallRawData = 64;  // bytes that are not worth taking out

enum WireType { Varint = 0, Fixed64 = 1, Length = 2, Fixed32 = 5 };

/// One field: its number, and its bytes with and without tag and length.
struct Field {
    int number = 0;
    int wireType = 0;
    std::span<const std::byte> whole;
    std::span<const std::byte> payload;
};

class WireReader {
public:
    WireReader(std::span<const std::byte> bytes, const std::byte* fileStart)
        : m_bytes(bytes), m_fileStart(fileStart) {}

    bool atEnd() const { return m_at == m_bytes.size(); }

    Field next() {
        const size_t fieldStart = m_at;
        const uint64_t tag = varint();
        Field field{static_cast<int>(tag >> 3), static_cast<int>(tag & 7), {}, {}};
        if (field.number <= 0)
            fail("holds no field of an ONNX model");
        switch (field.wireType) {
            case Varint:
                varint();
                break;
            case Fixed64:
                skip(8);
                break;
            case Fixed32:
                skip(4);
                break;
            case Length: {
                const uint64_t size = varint();
                const size_t start = m_at;
                field.payload = m_bytes.subspan(start, skip(size));
                break;
            }
            default:
                fail("holds no field of an ONNX model");
        }
        field.whole = m_bytes.subspan(fieldStart, m_at - fieldStart);
        return field;
    }

private:
    [[noreturn]] void fail(const char* what) const {
        throw Error(ErrorCode::BadInput,
                    fmt::format("byte {} {}", m_bytes.data() + m_at - m_fileStart, what));
    }
    uint64_t varint() {
        uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (atEnd())
                fail("is the end, in the middle of a field: the file is truncated");
            const auto byte = static_cast<uint64_t>(m_bytes[m_at++]);
            value |= (byte & 0x7f) << shift;
            if (byte < 0x80)
                return value;
        }
        fail("holds no field of an ONNX model");
    }
    size_t skip(uint64_t size) {
        if (size > m_bytes.size() - m_at)
            fail("announces more data than the file has: the file is truncated");
        m_at += static_cast<size_t>(size);
        return static_cast<size_t>(size);
    }

    std::span<const std::byte> m_bytes;
    const std::byte* m_fileStart;
    size_t m_at = 0;
};

void append(std::string& out, std::span<const std::byte> bytes) {
    out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void appendVarint(std::string& out, uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
}

void appendMessage(std::string& out, int field, const std::string& content) {
    appendVarint(out, static_cast<uint64_t>(field) << 3 | Length);
    appendVarint(out, content.size());
    out += content;
}

std::string stripTensor(std::span<const std::byte> tensor, const std::byte* fileStart,
                        std::optional<std::span<const std::byte>>& raw) {
    std::string out;
    for (WireReader reader(tensor, fileStart); !reader.atEnd();) {
        const Field field = reader.next();
        if (field.number == kTensorRawData && field.wireType == Length &&
            field.payload.size() > kSmallRawData)
            raw = field.payload;
        else
            append(out, field.whole);
    }
    return out;
}

std::string stripGraph(std::span<const std::byte> graph, const std::byte* fileStart,
                       StrippedModel& model) {
    std::string out;
    for (WireReader reader(graph, fileStart); !reader.atEnd();) {
        const Field field = reader.next();
        if (field.number == kGraphInitializer && field.wireType == Length)
            appendMessage(
                out, kGraphInitializer,
                stripTensor(field.payload, fileStart, model.rawData.emplace_back(std::nullopt)));
        else
            append(out, field.whole);
    }
    return out;
}

}  // namespace

StrippedModel stripRawData(std::span<const std::byte> model) {
    StrippedModel stripped;
    for (WireReader reader(model, model.data()); !reader.atEnd();) {
        const Field field = reader.next();
        if (field.number == kModelGraph && field.wireType == Length)
            appendMessage(stripped.skeleton, kModelGraph,
                          stripGraph(field.payload, model.data(), stripped));
        else
            append(stripped.skeleton, field.whole);
    }
    return stripped;
}

}  // namespace clipscope::graph
