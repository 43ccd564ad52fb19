// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/half.h"

#include <cmath>

#include <gtest/gtest.h>

namespace clipscope {
namespace {

TEST(Half, EveryPatternSurvivesTheRoundTrip) {
    for (uint32_t bits = 0; bits <= 0xffff; ++bits) {
        const Half half{static_cast<uint16_t>(bits)};
        const float value = toFloat(half);
        if (std::isnan(value))
            EXPECT_TRUE(std::isnan(toFloat(toHalf(value))));
        else
            EXPECT_EQ(toHalf(value).bits, half.bits) << bits;
    }
}

TEST(Half, RoundsHalfToEven) {
    EXPECT_EQ(toHalf(1.0f + 0x1p-11f).bits, 0x3c00);      // tie, down to even
    EXPECT_EQ(toHalf(1.0f + 3 * 0x1p-11f).bits, 0x3c02);  // tie, up to even
    EXPECT_EQ(toHalf(1.0f + 0x1p-11f + 0x1p-20f).bits, 0x3c01);
    EXPECT_EQ(toHalf(65504.0f).bits, 0x7bff);
    EXPECT_EQ(toHalf(65520.0f).bits, 0x7c00);
    EXPECT_EQ(toHalf(65519.99f).bits, 0x7bff);
    EXPECT_EQ(toHalf(0x1p-25f).bits, 0);  // tie with zero
    EXPECT_EQ(toHalf(0x1.8p-25f).bits, 1);
    EXPECT_EQ(toHalf(-0x1p-24f).bits, 0x8001);
}

TEST(BFloat16, RoundsHalfToEven) {
    EXPECT_EQ(toBFloat16(1.0f).bits, 0x3f80);
    EXPECT_EQ(toBFloat16(1.0f + 0x1p-8f).bits, 0x3f80);
    EXPECT_EQ(toBFloat16(1.0f + 3 * 0x1p-8f).bits, 0x3f82);
    EXPECT_TRUE(std::isnan(toFloat(toBFloat16(NAN))));
}

}  // namespace
}  // namespace clipscope
