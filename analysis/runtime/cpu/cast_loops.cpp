// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/cast_loops.h"

#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/tensor/half.h"

namespace clipscope::runtime {
namespace {

template <typename From, typename To, typename Convert>
CLIPSCOPE_INLINE void loop(const std::byte* from, std::byte* to, int64_t count,
                           const Convert& convert) {
    const auto* x = reinterpret_cast<const From*>(from);
    auto* y = reinterpret_cast<To*>(to);
    for (int64_t i = 0; i < count; ++i)
        y[i] = convert(x[i]);
}

/// Truncated, clamped; NaN is 0.
template <typename To, int low, int high>
CLIPSCOPE_INLINE To truncated(float x) {
    const float bounded = x < low    ? static_cast<float>(low)
                          : x > high ? static_cast<float>(high)
                                     : x;
    return static_cast<To>(static_cast<int32_t>(bounded == bounded ? bounded : 0.0f));
}

CLIPSCOPE_VECTORIZED void halfToFloat(const std::byte* x, std::byte* y, int64_t count) {
    loop<Half, float>(x, y, count, [](Half v) CLIPSCOPE_INLINE_LAMBDA { return toFloat(v); });
}

CLIPSCOPE_VECTORIZED void floatToHalf(const std::byte* x, std::byte* y, int64_t count) {
    loop<float, Half>(x, y, count, [](float v) CLIPSCOPE_INLINE_LAMBDA { return toHalf(v); });
}

CLIPSCOPE_VECTORIZED void brainToFloat(const std::byte* x, std::byte* y, int64_t count) {
    loop<BFloat16, float>(x, y, count,
                          [](BFloat16 v) CLIPSCOPE_INLINE_LAMBDA { return toFloat(v); });
}

CLIPSCOPE_VECTORIZED void floatToBrain(const std::byte* x, std::byte* y, int64_t count) {
    loop<float, BFloat16>(x, y, count,
                          [](float v) CLIPSCOPE_INLINE_LAMBDA { return toBFloat16(v); });
}

CLIPSCOPE_VECTORIZED void int8ToFloat(const std::byte* x, std::byte* y, int64_t count) {
    loop<int8_t, float>(x, y, count,
                        [](int8_t v) CLIPSCOPE_INLINE_LAMBDA { return static_cast<float>(v); });
}

CLIPSCOPE_VECTORIZED void uint8ToFloat(const std::byte* x, std::byte* y, int64_t count) {
    loop<uint8_t, float>(x, y, count,
                         [](uint8_t v) CLIPSCOPE_INLINE_LAMBDA { return static_cast<float>(v); });
}

CLIPSCOPE_VECTORIZED void floatToInt8(const std::byte* x, std::byte* y, int64_t count) {
    loop<float, int8_t>(x, y, count, [](float v) CLIPSCOPE_INLINE_LAMBDA {
        return truncated<int8_t, -128, 127>(v);
    });
}

CLIPSCOPE_VECTORIZED void floatToUint8(const std::byte* x, std::byte* y, int64_t count) {
    loop<float, uint8_t>(
        x, y, count, [](float v) CLIPSCOPE_INLINE_LAMBDA { return truncated<uint8_t, 0, 255>(v); });
}

struct Row {
    DType from;
    DType to;
    CastLoop run;
};

constexpr Row kRows[] = {{DType::Float16, DType::Float32, halfToFloat},
                         {DType::Float32, DType::Float16, floatToHalf},
                         {DType::BFloat16, DType::Float32, brainToFloat},
                         {DType::Float32, DType::BFloat16, floatToBrain},
                         {DType::Int8, DType::Float32, int8ToFloat},
                         {DType::UInt8, DType::Float32, uint8ToFloat},
                         {DType::Float32, DType::Int8, floatToInt8},
                         {DType::Float32, DType::UInt8, floatToUint8}};

}  // namespace

CastLoop castLoop(DType from, DType to) {
    for (const Row& row : kRows)
        if (row.from == from && row.to == to)
            return row.run;
    return nullptr;
}

}  // namespace clipscope::runtime
