// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/dtype.h"

namespace clipscope {

size_t elementSize(DType type) {
    switch (type) {
        case DType::UInt8:
        case DType::Int8:
        case DType::Bool:
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
        case DType::Undefined:
            break;
    }
    return "undefined";
}

bool isFloat(DType type) {
    return type == DType::Float32 || type == DType::Float16 || type == DType::BFloat16 ||
           type == DType::Float64;
}

}  // namespace clipscope
