// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/cast_loops.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/tensor/half.h"

namespace clipscope::runtime {
namespace {

template <typename To, typename From>
std::vector<To> cast(DType from, DType to, const std::vector<From>& x) {
    std::vector<To> y(x.size());
    castLoop(from, to)(reinterpret_cast<const std::byte*>(x.data()),
                       reinterpret_cast<std::byte*>(y.data()), static_cast<int64_t>(x.size()));
    return y;
}

/// binary16 by its definition.
double valueOf(uint16_t bits) {
    const int exponent = (bits >> 10) & 31;
    const int mantissa = bits & 1023;
    const double magnitude =
        exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

TEST(CastLoops, WidenEveryHalf) {
    std::vector<uint16_t> bits;
    for (uint32_t i = 0; i < 65536; ++i)
        bits.push_back(static_cast<uint16_t>(i));
    const auto wide = cast<float>(DType::Float16, DType::Float32, bits);
    for (size_t i = 0; i < bits.size(); ++i) {
        const bool special = ((bits[i] >> 10) & 31) == 31;
        if (special && (bits[i] & 1023) != 0)
            EXPECT_TRUE(std::isnan(wide[i])) << i;
        else if (special)
            EXPECT_EQ(wide[i], (bits[i] & 0x8000) != 0 ? -HUGE_VALF : HUGE_VALF) << i;
        else
            EXPECT_EQ(static_cast<double>(wide[i]), valueOf(bits[i])) << i;
    }
}

/// Between two neighbours: the nearer one, in the middle the even one.
TEST(CastLoops, RoundToTheNearestHalf) {
    std::vector<float> x;
    std::vector<uint16_t> expected;
    for (uint16_t low = 0; low < 0x7bff; ++low) {
        const double a = valueOf(low);
        const double b = valueOf(static_cast<uint16_t>(low + 1));
        const auto middle = static_cast<float>((a + b) / 2);
        const auto even = static_cast<uint16_t>(low % 2 == 0 ? low : low + 1);
        for (const float sign : {1.0f, -1.0f})
            for (const auto& [value, bits] : std::array<std::pair<float, uint16_t>, 3>{
                     {{std::nextafter(middle, 0.0f), low},
                      {middle, even},
                      {std::nextafter(middle, 1e6f), static_cast<uint16_t>(low + 1)}}}) {
                x.push_back(sign * value);
                expected.push_back(static_cast<uint16_t>(bits | (sign < 0 ? 0x8000 : 0)));
            }
    }
    for (const float large : {65519.0f, 65520.0f, 1e30f, HUGE_VALF}) {
        x.push_back(large);
        expected.push_back(large < 65520.0f ? 0x7bff : 0x7c00);
    }
    EXPECT_EQ((cast<uint16_t>(DType::Float32, DType::Float16, x)), expected);
}

TEST(CastLoops, WidenBFloat16) {
    const std::vector<uint16_t> bits{0x3f80, 0xc000, 0x0001, 0x7f80};
    const std::vector<float> expected{1, -2, std::ldexp(1.0f, -133), HUGE_VALF};
    EXPECT_EQ((cast<float>(DType::BFloat16, DType::Float32, bits)), expected);
}

/// 1 + 2^-8 lies in the middle between 1 and its neighbour, which is odd.
TEST(CastLoops, RoundToTheNearestBFloat16) {
    const std::vector<float> x{1.00390625f, 1.0040f, 1.01171875f, -2.0f, 3.4e38f};
    const std::vector<uint16_t> expected{0x3f80, 0x3f81, 0x3f82, 0xc000, 0x7f80};
    EXPECT_EQ((cast<uint16_t>(DType::Float32, DType::BFloat16, x)), expected);
}

TEST(CastLoops, TruncateAndClampTo8Bits) {
    std::vector<float> x{
        -300,      -128.5f,   -128,   -1.9f,  -0.5f,
        0,         0.99f,     126.9f, 127.5f, 128,
        254.9f,    255.5f,    1e20f,  -1e20f, std::numeric_limits<float>::quiet_NaN(),
        HUGE_VALF, -HUGE_VALF};
    const std::vector<int8_t> asSigned{-128, -128, -128, -1,  0,    0, 0,   126, 127,
                                       127,  127,  127,  127, -128, 0, 127, -128};
    const std::vector<uint8_t> asUnsigned{0,   0,   0,   0,   0, 0, 0,   126, 127,
                                          128, 254, 255, 255, 0, 0, 255, 0};
    EXPECT_EQ((cast<int8_t>(DType::Float32, DType::Int8, x)), asSigned);
    EXPECT_EQ((cast<uint8_t>(DType::Float32, DType::UInt8, x)), asUnsigned);
}

TEST(CastLoops, WidenEvery8BitInteger) {
    std::vector<int8_t> small;
    std::vector<uint8_t> large;
    for (int i = 0; i < 256; ++i) {
        small.push_back(static_cast<int8_t>(i - 128));
        large.push_back(static_cast<uint8_t>(i));
    }
    const auto fromSmall = cast<float>(DType::Int8, DType::Float32, small);
    const auto fromLarge = cast<float>(DType::UInt8, DType::Float32, large);
    for (int i = 0; i < 256; ++i) {
        EXPECT_EQ(fromSmall[static_cast<size_t>(i)], static_cast<float>(i - 128));
        EXPECT_EQ(fromLarge[static_cast<size_t>(i)], static_cast<float>(i));
    }
}

}  // namespace
}  // namespace clipscope::runtime
