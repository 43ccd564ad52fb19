// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace clipscope {

/// IEEE 754 binary16 and bfloat16 as bit patterns, converted with round half to even.
struct Half {
    uint16_t bits = 0;
};
struct BFloat16 {
    uint16_t bits = 0;
};

constexpr float toFloat(BFloat16 value) {
    return std::bit_cast<float>(static_cast<uint32_t>(value.bits) << 16);
}

constexpr BFloat16 toBFloat16(float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return {static_cast<uint16_t>((bits >> 16) | 0x40u)};  // keep NaN a NaN
    return {static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16)};
}

// Every case is computed and one chosen, so that loops over these two vectorise.

constexpr float toFloat(Half value) {
    const uint32_t sign = static_cast<uint32_t>(value.bits & 0x8000u) << 16;
    const uint32_t magnitude = value.bits & 0x7fffu;
    const uint32_t special = 0x7f800000u | ((magnitude & 0x3ffu) << 13);  // infinity and NaN
    const uint32_t normal = (magnitude << 13) + 0x38000000u;
    // Zero and denormals: mantissa * 2^-24.
    const uint32_t tiny =
        std::bit_cast<uint32_t>(static_cast<float>(static_cast<int32_t>(magnitude)) * 0x1p-24f);
    const uint32_t finite = magnitude < 0x400u ? tiny : normal;
    return std::bit_cast<float>(sign | (magnitude >= 0x7c00u ? special : finite));
}

constexpr Half toHalf(float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const uint32_t sign = (bits >> 16) & 0x8000u;
    const uint32_t magnitude = bits & 0x7fffffffu;
    const uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
    const uint32_t normal = (rounded - 0x38000000u) >> 13;
    // Below 2^-14 the adder rounds to a multiple of 2^-24.
    const uint32_t tiny =
        std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3f000000u;
    const uint32_t special = magnitude > 0x7f800000u ? 0x7e00u : 0x7c00u;
    const uint32_t finite = magnitude < 0x38800000u ? tiny : normal;
    // From 65520 on it rounds to 65536 or beyond.
    return {static_cast<uint16_t>(sign | (magnitude >= 0x477ff000u ? special : finite))};
}

}  // namespace clipscope
