// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/npy.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "analysis/base/mapped_file.h"
#include "analysis/data/npy_header.h"
#include "analysis/tensor/half.h"
#include "analysis/tensor/narrow.h"

namespace clipscope::data {
namespace {

static_assert(std::endian::native == std::endian::little, "written for little-endian machines");

/// Arrays from here on stay in the mapped file or the memory they were read into; smaller ones are
/// copied, so that a folder of many small files does not use up the process's mappings.
constexpr size_t kStaysFrom = size_t{1} << 20;

template <typename Bits>
Bits swapBytes(Bits value) {
    if constexpr (sizeof(Bits) == 8)
        return __builtin_bswap64(value);
    else if constexpr (sizeof(Bits) == 4)
        return __builtin_bswap32(value);
    else if constexpr (sizeof(Bits) == 2)
        return __builtin_bswap16(value);
    else
        return value;
}

/// Copies from the first-axis-fastest order to the last-axis-fastest one, walking the target in
/// order with an odometer over its axes.
template <typename Bits>
void copyFromFortran(const Bits* source, const Shape& shape, Bits* target) {
    const size_t rank = shape.rank();
    std::vector<int64_t> strides(rank, 1);
    for (size_t axis = 1; axis < rank; ++axis)
        strides[axis] = strides[axis - 1] * shape[axis - 1];
    std::vector<int64_t> index(rank, 0);
    int64_t offset = 0;
    const int64_t count = shape.elementCount();
    for (int64_t i = 0; i < count; ++i) {
        target[i] = source[offset];
        for (size_t axis = rank; axis-- > 0;) {
            offset += strides[axis];
            if (++index[axis] < shape[axis])
                break;
            offset -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
}

template <typename Bits>
void convertInto(const NpyHeader& header, const std::byte* source, std::byte* target) {
    auto* out = reinterpret_cast<Bits*>(target);
    const size_t count = header.dataSize / sizeof(Bits);
    if (header.fortranOrder && header.shape.rank() > 1) {
        // The odometer needs aligned elements, which a header of odd length does not give.
        std::vector<Bits> aligned(count);
        std::memcpy(aligned.data(), source, header.dataSize);
        copyFromFortran(aligned.data(), header.shape, out);
    } else if (count > 0) {
        std::memcpy(out, source, header.dataSize);
    }
    if (header.swapped)
        std::transform(out, out + count, out, swapBytes<Bits>);
    if (header.type == DType::Bool)  // a byte other than 0 and 1 is no bool in C++
        std::transform(out, out + count, out, [](Bits b) { return static_cast<Bits>(b != 0); });
}

Tensor copied(const NpyHeader& header, std::span<const std::byte> bytes, const std::string& what) {
    try {
        Tensor tensor(header.type, header.shape);
        const std::byte* source = bytes.data() + header.dataOffset;
        switch (elementSize(header.type)) {
            case 1:
                convertInto<uint8_t>(header, source, tensor.mutableBytes());
                break;
            case 2:
                convertInto<uint16_t>(header, source, tensor.mutableBytes());
                break;
            case 4:
                convertInto<uint32_t>(header, source, tensor.mutableBytes());
                break;
            default:
                convertInto<uint64_t>(header, source, tensor.mutableBytes());
        }
        return tensor;
    } catch (const Error& error) {
        throw error.within(what);
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::OutOfMemory, fmt::format("no memory to convert '{}'", what));
    }
}

bool canStay(const NpyHeader& header) {
    const bool contiguous = !header.fortranOrder || header.shape.rank() <= 1;
    return header.dataSize >= kStaysFrom && contiguous && !header.swapped &&
           header.type != DType::Bool && header.dataOffset % elementSize(header.type) == 0;
}

/// A tensor in the `bytes` that `owner` keeps, or a copy where it cannot be.
Tensor viewed(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
              const std::string& what) {
    const NpyHeader header = parseNpyHeader(bytes, what);
    if (!canStay(header))
        return copied(header, bytes, what);
    Buffer buffer;  // read-only by the contract of Tensor: nobody writes to what another holds
    buffer.data = const_cast<std::byte*>(bytes.data()) + header.dataOffset;
    buffer.size = header.dataSize;
    buffer.owner = std::move(owner);
    return Tensor(header.type, header.shape, std::move(buffer));
}

const char* codeOf(DType type) {
    switch (type) {
        case DType::Bool:
            return "|b1";
        case DType::Int8:
            return "|i1";
        case DType::UInt8:
            return "|u1";
        case DType::Int16:
            return "<i2";
        case DType::UInt16:
            return "<u2";
        case DType::Int32:
            return "<i4";
        case DType::UInt32:
            return "<u4";
        case DType::Int64:
            return "<i8";
        case DType::UInt64:
            return "<u8";
        case DType::Float16:
            return "<f2";
        case DType::Float32:
            return "<f4";
        case DType::Float64:
            return "<f8";
        default:
            throw Error(ErrorCode::Unsupported,
                        fmt::format("a {} tensor cannot be written as .npy", name(type)));
    }
}

Tensor widened(const Tensor& tensor) {
    Tensor wide(DType::Float32, tensor.shape());
    const auto* bits = reinterpret_cast<const uint16_t*>(tensor.bytes());
    std::transform(bits, bits + tensor.elementCount(), wide.mutableValues<float>().begin(),
                   [](uint16_t b) { return toFloat(BFloat16{b}); });
    return wide;
}

}  // namespace

Tensor parseNpy(std::span<const std::byte> bytes, const std::string& what) {
    return copied(parseNpyHeader(bytes, what), bytes, what);
}

Tensor takeNpy(std::string bytes, const std::string& what) {
    const auto owner = std::make_shared<const std::string>(std::move(bytes));
    return viewed(std::as_bytes(std::span(*owner)), owner, what);
}

Tensor readNpy(const std::filesystem::path& path) {
    const auto file = MappedFile::open(path);
    return viewed(file->bytes(), file, path.string());
}

NpyInfo readNpyInfo(const std::filesystem::path& path) {
    const auto file = MappedFile::open(path);
    NpyHeader header = parseNpyHeader(file->bytes(), path.string());
    return {header.type, std::move(header.shape)};
}

std::string npyBytes(const Tensor& tensor) {
    if (tensor.type() == DType::BFloat16)
        return npyBytes(widened(tensor));
    if (isNarrow(tensor.type()))
        return npyBytes(fromNarrow(tensor));
    const auto& extents = tensor.shape().extents();
    const std::string dictionary = fmt::format(
        "{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", codeOf(tensor.type()),
        fmt::join(extents, ", "), extents.size() == 1 ? "," : "");
    const bool isLong = dictionary.size() + 64 > 0xffff;
    const size_t start = isLong ? 12 : 10;
    const size_t end = (start + dictionary.size() + 1 + 63) / 64 * 64;

    std::string bytes("\x93NUMPY", 6);
    bytes += isLong ? '\2' : '\1';
    bytes += '\0';
    for (size_t i = 8; i < start; ++i)
        bytes += static_cast<char>(((end - start) >> (8 * (i - 8))) & 0xff);
    bytes += dictionary;
    bytes.resize(end - 1, ' ');
    bytes += '\n';
    bytes.append(reinterpret_cast<const char*>(tensor.bytes()), tensor.byteSize());
    return bytes;
}

void writeNpy(const std::filesystem::path& path, const Tensor& tensor) {
    writeFileAtomically(path, npyBytes(tensor));
}

}  // namespace clipscope::data
