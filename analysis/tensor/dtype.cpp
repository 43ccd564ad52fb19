// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/dtype.h"

namespace clipscope {

size_t elementSize(DType type) {
    switch (type) {
        case DType::UInt8:
        case DType::Int8:
        case DType::Bool:
        case DType::Float8E4M3FN:
        case DType::Float8E4M3FNUZ:
        case DType::Float8E5M2:
        case DType::Float8E5M2FNUZ:
        case DType::UInt4:
        case DType::Int4:
        case DType::Float4E2M1:
        case DType::Float8E8M0:
        case DType::UInt2:
        case DType::Int2:
            return 1;
        case DType::UInt16:
        case DType::Int16:
        case DType::Float16:
        case DType::BFloat16:
            return 2;
        case DType::Float32:
        case DType::Int32:
        case DType::UInt32:
            return 4;
        case DType::Int64:
        case DType::UInt64:
        case DType::Float64:
            return 8;
        case DType::Undefined:
        case DType::String:
            break;
    }
    return 0;
}

std::string_view name(DType type) {
    switch (type) {
        case DType::Float32:
            return "float32";
        case DType::UInt8:
            return "uint8";
        case DType::Int8:
            return "int8";
        case DType::UInt16:
            return "uint16";
        case DType::Int16:
            return "int16";
        case DType::Int32:
            return "int32";
        case DType::Int64:
            return "int64";
        case DType::String:
            return "string";
        case DType::Bool:
            return "bool";
        case DType::Float16:
            return "float16";
        case DType::Float64:
            return "float64";
        case DType::UInt32:
            return "uint32";
        case DType::UInt64:
            return "uint64";
        case DType::BFloat16:
            return "bfloat16";
        case DType::Float8E4M3FN:
            return "float8e4m3fn";
        case DType::Float8E4M3FNUZ:
            return "float8e4m3fnuz";
        case DType::Float8E5M2:
            return "float8e5m2";
        case DType::Float8E5M2FNUZ:
            return "float8e5m2fnuz";
        case DType::UInt4:
            return "uint4";
        case DType::Int4:
            return "int4";
        case DType::Float4E2M1:
            return "float4e2m1";
        case DType::Float8E8M0:
            return "float8e8m0";
        case DType::UInt2:
            return "uint2";
        case DType::Int2:
            return "int2";
        case DType::Undefined:
            break;
    }
    return "undefined";
}

size_t packedBits(DType type) {
    switch (type) {
        case DType::UInt4:
        case DType::Int4:
        case DType::Float4E2M1:
            return 4;
        case DType::UInt2:
        case DType::Int2:
            return 2;
        default:
            return 8 * elementSize(type);
    }
}

bool isFloat(DType type) {
    return type == DType::Float32 || type == DType::Float16 || type == DType::BFloat16 ||
           type == DType::Float64;
}

bool isNarrow(DType type) {
    return type >= DType::Float8E4M3FN && type <= DType::Int2;
}

bool isNarrowInteger(DType type) {
    return type == DType::UInt4 || type == DType::Int4 || type == DType::UInt2 ||
           type == DType::Int2;
}

}  // namespace clipscope
