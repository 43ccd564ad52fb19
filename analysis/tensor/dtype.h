// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace clipscope {

/// Element types. The values are those of ONNX TensorProto.DataType.
enum class DType : int32_t {
    Undefined = 0,
    Float32 = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Bool = 9,
    Float16 = 10,
    Float64 = 11,
    UInt32 = 12,
    UInt64 = 13,
    BFloat16 = 16,
    Float8E4M3FN = 17,  ///< from here on a byte holds an element, also of 4 and 2 bits (narrow.h)
    Float8E4M3FNUZ = 18,
    Float8E5M2 = 19,
    Float8E5M2FNUZ = 20,
    UInt4 = 21,
    Int4 = 22,
    Float4E2M1 = 23,
    Float8E8M0 = 24,
    UInt2 = 25,
    Int2 = 26,
};

/// Bytes of one element; 0 for Undefined and String, which Tensor does not hold.
size_t elementSize(DType type);

/// "float32", "int64"...; "undefined" for values outside the list.
std::string_view name(DType type);

/// Bits of one element where they are packed, as in files.
size_t packedBits(DType type);

/// float16, bfloat16, float32 and float64.
bool isFloat(DType type);

/// The types of 8 bits and fewer that only hold quantized values: float8, float4 and the integers
/// of 4 and 2 bits.
bool isNarrow(DType type);
/// The integers of 4 and 2 bits.
bool isNarrowInteger(DType type);

template <typename T>
inline constexpr DType kDTypeOf = DType::Undefined;
template <>
inline constexpr DType kDTypeOf<float> = DType::Float32;
template <>
inline constexpr DType kDTypeOf<double> = DType::Float64;
template <>
inline constexpr DType kDTypeOf<bool> = DType::Bool;
template <>
inline constexpr DType kDTypeOf<int8_t> = DType::Int8;
template <>
inline constexpr DType kDTypeOf<uint8_t> = DType::UInt8;
template <>
inline constexpr DType kDTypeOf<int16_t> = DType::Int16;
template <>
inline constexpr DType kDTypeOf<uint16_t> = DType::UInt16;
template <>
inline constexpr DType kDTypeOf<int32_t> = DType::Int32;
template <>
inline constexpr DType kDTypeOf<uint32_t> = DType::UInt32;
template <>
inline constexpr DType kDTypeOf<int64_t> = DType::Int64;
template <>
inline constexpr DType kDTypeOf<uint64_t> = DType::UInt64;

}  // namespace clipscope
