// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/npy.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "analysis/data/array_rows.h"
#include "analysis/data/npy_elements.h"
#include "analysis/data/npy_header.h"
#include "analysis/tensor/half.h"
#include "analysis/tensor/narrow.h"

namespace clipscope::data {
namespace {

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
    const NpyHeader header = parseNpyHeader(bytes, what);
    try {
        Tensor tensor(header.type, header.shape);
        std::copy_n(bytes.data() + header.dataOffset, header.dataSize, tensor.mutableBytes());
        return nativeElements(header, std::move(tensor));
    } catch (const Error& error) {
        throw error.within(what);
    }
}

Tensor readNpy(const std::filesystem::path& path) {
    return openNpy(path)->whole();
}

NpyInfo readNpyInfo(const std::filesystem::path& path) {
    return openNpy(path)->info();
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
