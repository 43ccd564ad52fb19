// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <type_traits>

#include "analysis/tensor/dtype.h"

namespace clipscope::runtime {

/// A stored bool: any byte but 0 is true, whatever a file holds.
struct Boolean {
    uint8_t byte = 0;
    Boolean() = default;
    Boolean(bool value) : byte(value) {}
    operator bool() const { return byte != 0; }
};

/// The type in which elements of type T are computed.
template <typename T>
using Computed = std::conditional_t<std::is_same_v<T, Boolean>, bool, T>;

/// Calls visitor.operator()<T>() with the type that holds an element; false for the half types and
/// those that Tensor does not hold.
template <typename Visitor>
bool visitElementType(DType type, Visitor&& visitor) {
    switch (type) {
        case DType::Float32:
            visitor.template operator()<float>();
            return true;
        case DType::Float64:
            visitor.template operator()<double>();
            return true;
        case DType::Int8:
            visitor.template operator()<int8_t>();
            return true;
        case DType::Int16:
            visitor.template operator()<int16_t>();
            return true;
        case DType::Int32:
            visitor.template operator()<int32_t>();
            return true;
        case DType::Int64:
            visitor.template operator()<int64_t>();
            return true;
        case DType::UInt8:
            visitor.template operator()<uint8_t>();
            return true;
        case DType::UInt16:
            visitor.template operator()<uint16_t>();
            return true;
        case DType::UInt32:
            visitor.template operator()<uint32_t>();
            return true;
        case DType::UInt64:
            visitor.template operator()<uint64_t>();
            return true;
        case DType::Bool:
            visitor.template operator()<Boolean>();
            return true;
        default:
            return false;
    }
}

/// Calls visitor.operator()<U>() with the unsigned integer of that many bytes, for copying.
template <typename Visitor>
void visitElementSize(size_t size, Visitor&& visitor) {
    if (size == 1)
        visitor.template operator()<uint8_t>();
    else if (size == 2)
        visitor.template operator()<uint16_t>();
    else if (size == 4)
        visitor.template operator()<uint32_t>();
    else
        visitor.template operator()<uint64_t>();
}

inline bool isHalf(DType type) {
    return type == DType::Float16 || type == DType::BFloat16;
}

}  // namespace clipscope::runtime
