// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/convert.h"

#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/tensor/half.h"

namespace clipscope::data {
namespace {

bool isInteger(DType type) {
    switch (type) {
        case DType::Int8:
        case DType::UInt8:
        case DType::Int16:
        case DType::UInt16:
        case DType::Int32:
        case DType::UInt32:
        case DType::Int64:
        case DType::UInt64:
            return true;
        default:
            return false;
    }
}

/// Calls visit(T{}) with the C++ type of a dtype; Half and BFloat16 stand for themselves.
template <typename Visit>
void withType(DType type, Visit&& visit) {
    switch (type) {
        case DType::Float32:
            return visit(float{});
        case DType::Float64:
            return visit(double{});
        case DType::Float16:
            return visit(Half{});
        case DType::BFloat16:
            return visit(BFloat16{});
        case DType::Int8:
            return visit(int8_t{});
        case DType::UInt8:
        case DType::Bool:
            return visit(uint8_t{});
        case DType::Int16:
            return visit(int16_t{});
        case DType::UInt16:
            return visit(uint16_t{});
        case DType::Int32:
            return visit(int32_t{});
        case DType::UInt32:
            return visit(uint32_t{});
        case DType::Int64:
            return visit(int64_t{});
        case DType::UInt64:
            return visit(uint64_t{});
        default:
            break;
    }
}

template <typename From>
auto widened(From value) {
    if constexpr (std::is_same_v<From, Half> || std::is_same_v<From, BFloat16>)
        return toFloat(value);
    else
        return value;
}

template <typename To, typename From>
To convertValue(From value) {
    if constexpr (std::is_same_v<To, Half>) {
        return toHalf(static_cast<float>(value));
    } else if constexpr (std::is_same_v<To, BFloat16>) {
        return toBFloat16(static_cast<float>(value));
    } else if constexpr (std::is_integral_v<To> && std::is_integral_v<From>) {
        if (!std::in_range<To>(value))
            throw Error(ErrorCode::BadInput, fmt::format("the value {} does not fit", value));
        return static_cast<To>(value);
    } else {
        return static_cast<To>(value);
    }
}

}  // namespace

bool canConvert(DType from, DType to) {
    if (from == to)
        return true;
    const bool isNumber = isInteger(from) || isFloat(from) || from == DType::Bool;
    return (isFloat(to) && isNumber) || (isInteger(to) && (isInteger(from) || from == DType::Bool));
}

Tensor converted(const Tensor& tensor, DType type) {
    if (tensor.type() == type)
        return tensor;
    if (!canConvert(tensor.type(), type))
        throw Error(ErrorCode::BadInput,
                    fmt::format("{} cannot stand for {}", name(tensor.type()), name(type)));
    Tensor result(type, tensor.shape());
    withType(tensor.type(), [&](auto from) {
        withType(type, [&](auto to) {
            using From = decltype(from);
            using To = decltype(to);
            if constexpr (!(std::is_integral_v<To> && !std::is_integral_v<From>)) {
                const auto* in = reinterpret_cast<const From*>(tensor.bytes());
                auto* out = reinterpret_cast<To*>(result.mutableBytes());
                for (int64_t i = 0; i < tensor.elementCount(); ++i)
                    out[i] = convertValue<To>(widened(in[i]));
            }
        });
    });
    return result;
}

}  // namespace clipscope::data
