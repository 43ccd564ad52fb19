// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/tensor_decoder.h"

#include <charconv>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/graph/onnx.pb.h"

namespace clipscope::graph {
namespace {

[[noreturn]] void fail(const onnx::TensorProto& proto, const std::string& what) {
    throw Error(ErrorCode::BadInput, fmt::format("tensor '{}' {}", proto.name(), what));
}

/// Bytes that `count` elements take in a file, where those of 4 and 2 bits are packed.
size_t packedSize(DType type, int64_t count) {
    const auto elements = static_cast<size_t>(count);
    if (packedBits(type) < 8) {
        const size_t perByte = 8 / packedBits(type);
        return elements / perByte + (elements % perByte != 0 ? 1 : 0);
    }
    return elements * elementSize(type);
}

/// Elements of 4 or 2 bits, the lowest bits of a byte first, each into a byte.
Tensor unpacked(DType type, const Shape& shape, std::span<const std::byte> bytes) {
    const size_t bits = packedBits(type);
    const bool isSigned = type == DType::Int4 || type == DType::Int2;
    Tensor tensor(type, shape);
    auto* to = reinterpret_cast<uint8_t*>(tensor.mutableBytes());
    for (size_t i = 0; i < static_cast<size_t>(shape.elementCount()); ++i) {
        const auto byte = std::to_integer<unsigned>(bytes[i * bits / 8]);
        const unsigned code = byte >> (i * bits % 8) & ((1u << bits) - 1);
        const bool isNegative = isSigned && (code >> (bits - 1)) != 0;
        to[i] = static_cast<uint8_t>(isNegative ? code - (1u << bits) : code);
    }
    return tensor;
}

Weight fromBytes(const onnx::TensorProto& proto, DType type, const Shape& shape,
                 std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
    const size_t size = packedSize(type, shape.elementCount());
    if (bytes.size() != size)
        fail(proto, fmt::format("of shape {} needs {} bytes of {}, the file holds {}",
                                shape.toString(), size, name(type), bytes.size()));
    if (packedBits(type) < 8)
        return unpacked(type, shape, bytes);
    if (!owner) {
        Tensor tensor(type, shape);
        if (size > 0)
            std::memcpy(tensor.mutableBytes(), bytes.data(), size);
        return tensor;
    }
    return {type, shape, bytes, std::move(owner)};
}

/// Elements given one by one in a typed field; narrower types travel in int32_data.
template <typename To, typename Field>
Tensor fromField(const onnx::TensorProto& proto, DType type, const Shape& shape,
                 const Field& field) {
    if (field.size() != shape.elementCount())
        fail(proto, fmt::format("of shape {} needs {} elements, the file holds {}",
                                shape.toString(), shape.elementCount(), field.size()));
    Tensor tensor(type, shape);
    auto* out = reinterpret_cast<To*>(tensor.mutableBytes());
    for (const auto value : field)
        *out++ = static_cast<To>(value);
    return tensor;
}

Weight fromFields(const onnx::TensorProto& proto, DType type, const Shape& shape) {
    switch (type) {
        case DType::Float32:
            return fromField<float>(proto, type, shape, proto.float_data());
        case DType::Float64:
            return fromField<double>(proto, type, shape, proto.double_data());
        case DType::Int64:
            return fromField<int64_t>(proto, type, shape, proto.int64_data());
        case DType::UInt64:
            return fromField<uint64_t>(proto, type, shape, proto.uint64_data());
        case DType::UInt32:
            return fromField<uint32_t>(proto, type, shape, proto.uint64_data());
        case DType::Int32:
            return fromField<int32_t>(proto, type, shape, proto.int32_data());
        default:
            break;
    }
    if (packedBits(type) < 8) {  // each a byte of packed elements
        std::vector<std::byte> bytes;
        for (const int32_t byte : proto.int32_data())
            bytes.push_back(static_cast<std::byte>(byte));
        return fromBytes(proto, type, shape, bytes, nullptr);
    }
    return elementSize(type) == 2 ? fromField<uint16_t>(proto, type, shape, proto.int32_data())
                                  : fromField<uint8_t>(proto, type, shape, proto.int32_data());
}

size_t number(const onnx::TensorProto& proto, const std::string& text) {
    size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        fail(proto, fmt::format("has the external data offset or length '{}'", text));
    return value;
}

Weight fromExternal(const onnx::TensorProto& proto, DType type, const Shape& shape,
                    const TensorSource& source) {
    std::string location;
    size_t offset = 0;
    std::optional<size_t> length;
    for (const auto& entry : proto.external_data()) {
        if (entry.key() == "location")
            location = entry.value();
        else if (entry.key() == "offset")
            offset = number(proto, entry.value());
        else if (entry.key() == "length")
            length = number(proto, entry.value());
    }
    std::shared_ptr<const MappedFile> file;
    try {
        ExternalFiles files(source.folder);
        file = (source.external ? *source.external : files).open(location);
    } catch (const Error& error) {
        throw error.within(fmt::format("the data of tensor '{}'", proto.name()));
    }
    const size_t have = file->bytes().size();
    const size_t need = packedSize(type, shape.elementCount());
    if (offset > have || length.value_or(need) > have - offset)
        fail(proto,
             fmt::format("needs {} bytes at {} of '{}', which has {}: the file is incomplete, "
                         "or not the one that belongs to the model",
                         length.value_or(need), offset, location, have));
    return fromBytes(proto, type, shape, file->bytes().subspan(offset, length.value_or(need)),
                     file);
}

}  // namespace

Weight decodeWeight(const onnx::TensorProto& proto, const TensorSource& source) {
    const auto type = static_cast<DType>(proto.data_type());
    if (elementSize(type) == 0)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("tensor '{}' has the element type {} (ONNX number {}), which "
                                "Clipscope does not read",
                                proto.name(), name(type), proto.data_type()));
    const Shape shape(std::vector<int64_t>(proto.dims().begin(), proto.dims().end()));
    try {
        if (shape.elementCount() > INT64_MAX / 16)
            fail(proto, fmt::format("has the impossible shape {}", shape.toString()));
    } catch (const Error& error) {
        fail(proto, std::string("is refused: ") + error.what());
    }
    if (proto.data_location() == onnx::TensorProto::EXTERNAL)
        return fromExternal(proto, type, shape, source);
    if (source.raw)
        return fromBytes(proto, type, shape, *source.raw, source.file);
    if (proto.has_raw_data())
        return fromBytes(proto, type, shape, std::as_bytes(std::span(proto.raw_data())), nullptr);
    return fromFields(proto, type, shape);
}

Tensor decodeTensor(const onnx::TensorProto& proto, const TensorSource& source) {
    return decodeWeight(proto, source).tensor();
}

}  // namespace clipscope::graph
