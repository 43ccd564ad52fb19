// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/npy_elements.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace clipscope::data {
namespace {

static_assert(std::endian::native == std::endian::little, "written for little-endian machines");

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
Tensor native(const NpyHeader& header, Tensor elements) {
    auto* bits = reinterpret_cast<Bits*>(elements.mutableBytes());
    Bits* const end = bits + elements.elementCount();
    if (header.swapped)
        std::transform(bits, end, bits, swapBytes<Bits>);
    if (header.type == DType::Bool)  // a byte other than 0 and 1 is no bool in C++
        std::transform(bits, end, bits, [](Bits b) { return static_cast<Bits>(b != 0); });
    if (rowsLieTogether(header))
        return elements;
    Tensor ordered(header.type, elements.shape());
    copyFromFortran(bits, elements.shape(), reinterpret_cast<Bits*>(ordered.mutableBytes()));
    return ordered;
}

}  // namespace

Tensor nativeElements(const NpyHeader& header, Tensor elements) {
    switch (elementSize(header.type)) {
        case 1:
            return native<uint8_t>(header, std::move(elements));
        case 2:
            return native<uint16_t>(header, std::move(elements));
        case 4:
            return native<uint32_t>(header, std::move(elements));
        default:
            return native<uint64_t>(header, std::move(elements));
    }
}

bool rowsLieTogether(const NpyHeader& header) {
    return !header.fortranOrder || header.shape.rank() <= 1;
}

}  // namespace clipscope::data
