// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/narrow.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace clipscope {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Narrow, EveryCodeSurvivesTheRoundTrip) {
    for (const DType type : {DType::Float8E4M3FN, DType::Float8E4M3FNUZ, DType::Float8E5M2,
                             DType::Float8E5M2FNUZ, DType::Float8E8M0}) {
        for (int code = 0; code < 256; ++code) {
            const float value = fromNarrow(type, static_cast<uint8_t>(code));
            const uint8_t back = toNarrow(type, value, {.saturate = false});
            if (std::isnan(value))
                EXPECT_TRUE(std::isnan(fromNarrow(type, back))) << name(type) << " " << code;
            else
                EXPECT_EQ(back, code) << name(type);
        }
    }
    for (int code = 0; code < 16; ++code)
        EXPECT_EQ(
            toNarrow(DType::Float4E2M1, fromNarrow(DType::Float4E2M1, static_cast<uint8_t>(code))),
            code);
}

// Extremes from the table in ONNX's "Float stored in 8 bits".
TEST(Narrow, FloatsHaveTheExtremesOfTheirFormat) {
    EXPECT_EQ(fromNarrow(DType::Float8E4M3FN, 0x7e), 448.0f);
    EXPECT_EQ(fromNarrow(DType::Float8E4M3FN, 0x01), 0x1p-9f);
    EXPECT_EQ(fromNarrow(DType::Float8E4M3FNUZ, 0x7f), 240.0f);
    EXPECT_EQ(fromNarrow(DType::Float8E5M2, 0x7b), 57344.0f);
    EXPECT_EQ(fromNarrow(DType::Float8E5M2, 0xfc), -kInfinity);
    EXPECT_EQ(fromNarrow(DType::Float8E5M2FNUZ, 0x7f), 57344.0f);
    EXPECT_EQ(fromNarrow(DType::Float4E2M1, 0x0f), -6.0f);
    EXPECT_TRUE(std::isnan(fromNarrow(DType::Float8E4M3FNUZ, 0x80)));
}

TEST(Narrow, RoundsHalfToEvenAndSaturates) {
    EXPECT_EQ(toNarrow(DType::Float8E4M3FN, 1.0625f), 0x38);  // tie between 1 and 1.125
    EXPECT_EQ(toNarrow(DType::Float8E4M3FN, 1.1875f), 0x3a);  // tie between 1.125 and 1.25
    EXPECT_EQ(toNarrow(DType::Float8E4M3FN, 0x1p-10f), 0);    // tie with zero
    EXPECT_EQ(toNarrow(DType::Float8E4M3FN, 1.999f), 0x40);   // up to the next power of two
    EXPECT_EQ(toNarrow(DType::Float8E4M3FN, 1e9f), 0x7e);
    EXPECT_EQ(toNarrow(DType::Float8E4M3FN, 1e9f, {.saturate = false}), 0x7f);
    EXPECT_EQ(toNarrow(DType::Float8E5M2, -kInfinity), 0xfb);
    EXPECT_EQ(toNarrow(DType::Float8E5M2, -1e9f, {.saturate = false}), 0xfc);
    EXPECT_EQ(toNarrow(DType::Float8E4M3FNUZ, -1e-9f), 0);  // there is no negative zero
}

TEST(Narrow, IntegersAreTruncatedAndWrap) {
    EXPECT_EQ(toNarrow(DType::Int4, -9.7f), 7);
    EXPECT_EQ(toNarrow(DType::Int4, -1.5f), 0xff);
    EXPECT_EQ(fromNarrow(DType::Int4, 0xff), -1.0f);
    EXPECT_EQ(toNarrow(DType::UInt2, 5.0f), 1);
    EXPECT_EQ(toNarrow(DType::UInt4, std::numeric_limits<float>::quiet_NaN()), 0);
}

TEST(Narrow, PowersOfTwoRoundAsAsked) {
    using Direction = NarrowRounding::Direction;
    EXPECT_EQ(toNarrow(DType::Float8E8M0, 1.1f), 128);
    EXPECT_EQ(toNarrow(DType::Float8E8M0, 1.1f, {.powers = Direction::Down}), 127);
    EXPECT_EQ(toNarrow(DType::Float8E8M0, 1.1f, {.powers = Direction::Nearest}), 127);
    EXPECT_EQ(toNarrow(DType::Float8E8M0, 2.0f), 128);
    EXPECT_EQ(toNarrow(DType::Float8E8M0, 0.0f), 0);
}

}  // namespace
}  // namespace clipscope
