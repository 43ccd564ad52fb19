// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/number_text.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace clipscope::widgets {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string text(const QString& from) {
    return from.toStdString();
}

TEST(NumberText, SignificantDigitsKeepTrailingZeros) {
    EXPECT_EQ(text(significantText(15.6204)), "15.62");
    EXPECT_EQ(text(significantText(1)), "1.000");
    EXPECT_EQ(text(significantText(0)), "0");
    EXPECT_EQ(text(significantText(9.99961)), "10.00");
    EXPECT_EQ(text(significantText(0.12299)), "0.1230");
    EXPECT_EQ(text(significantText(123456)), "123456");
    EXPECT_EQ(text(significantText(-1.1391)), "−1.139");
    EXPECT_EQ(text(significantText(1.5e-7, 3)), "1.50e−07");
    EXPECT_EQ(text(significantText(kNan)), "–");
    EXPECT_EQ(text(significantText(-kInfinity)), "−∞");
}

TEST(NumberText, ExactTextGivesTheSameFloatAgain) {
    for (const float value : {0.1f, 16777217.0f, 3.4e38f, 1e-45f, 2.0f / 3.0f})
        EXPECT_EQ(exactText(value).toFloat(), value);
}

TEST(NumberText, SharesSayZeroOnlyForNone) {
    EXPECT_EQ(text(clipPercentText(0)), "0");
    EXPECT_EQ(text(clipPercentText(1e-7)), "<0.001");
    EXPECT_EQ(text(clipPercentText(0.0042)), "0.004");
    EXPECT_EQ(text(clipPercentText(1.234)), "1.23");
    EXPECT_EQ(text(clipPercentText(43.21)), "43.2");
    EXPECT_EQ(text(cumulativePercentText(100)), "100");
    EXPECT_EQ(text(cumulativePercentText(99.817)), "99.82");
    EXPECT_EQ(text(cumulativePercentText(99.99988)), "99.99988");
    EXPECT_EQ(text(bitsLostText(0)), "·");
    EXPECT_EQ(text(bitsLostText(1)), "1.0");
}

TEST(NumberText, CountsTimesAndMemory) {
    EXPECT_EQ(text(countText(20070400)), "20,070,400");
    EXPECT_EQ(text(durationText(5)), "0:05");
    EXPECT_EQ(text(durationText(3723)), "1:02:03");
    EXPECT_EQ(text(durationText(kNan)), "–");
    EXPECT_EQ(text(memoryText(412ull << 20)), "412 MiB");
    EXPECT_EQ(text(memoryText(3ull << 29)), "1.5 GiB");
}

TEST(NumberText, PluralsAndPowers) {
    EXPECT_EQ(text(pluralText(1, "tensor", "tensors")), "1 tensor");
    EXPECT_EQ(text(pluralText(2048, "tensor", "tensors")), "2,048 tensors");
    EXPECT_EQ(text(powerOfTenText(0)), "1");
    EXPECT_EQ(text(powerOfTenText(12)), "10¹²");
    EXPECT_EQ(text(powerOfTenText(-3)), "10⁻³");
}

TEST(NumberText, ReadsWhatItWrites) {
    EXPECT_EQ(readNumber(significantText(-1.139)), -1.139);
    EXPECT_EQ(readNumber(" 3.5 "), 3.5);
    EXPECT_EQ(readNumber("1e-3"), 1e-3);
    for (const char* bad : {"", "abc", "1.2.3", "nan", "inf", "3,5,"})
        EXPECT_FALSE(readNumber(bad)) << bad;
}

}  // namespace
}  // namespace clipscope::widgets
