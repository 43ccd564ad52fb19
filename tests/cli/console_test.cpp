// SPDX-License-Identifier: Apache-2.0
#include "app/cli/console.h"

#include <limits>

#include <gtest/gtest.h>

namespace clipscope::cli {
namespace {

TEST(Console, FourSignificantDigits) {
    EXPECT_EQ(significant(15.6234), "15.62");
    EXPECT_EQ(significant(1), "1.000");
    EXPECT_EQ(significant(5000), "5000");
    EXPECT_EQ(significant(12345), "1.234e+04");
    EXPECT_EQ(significant(9.99996), "10.00");
    EXPECT_EQ(significant(0.00123456), "0.001235");
    EXPECT_EQ(significant(1.234567e-7), "1.235e-07");
    EXPECT_EQ(significant(0), "0");
    EXPECT_EQ(significant(-2.5, 2), "-2.5");
    EXPECT_EQ(significant(std::numeric_limits<double>::infinity()), "inf");
}

TEST(Console, PercentKeepsWhatIsSmallVisible) {
    EXPECT_EQ(percent(0), "0");
    EXPECT_EQ(percent(0.0004), "<0.001");
    EXPECT_EQ(percent(0.0123), "0.012");
    EXPECT_EQ(percent(0.5), "0.50");
    EXPECT_EQ(percent(26.31), "26.3");
}

TEST(Console, Decibels) {
    EXPECT_EQ(decibels(27.34), "27.3");
    EXPECT_EQ(decibels(std::numeric_limits<double>::infinity()), "inf");
    EXPECT_EQ(decibels(std::numeric_limits<double>::quiet_NaN()), "-");
}

TEST(Console, Thousands) {
    EXPECT_EQ(thousands(0), "0");
    EXPECT_EQ(thousands(999), "999");
    EXPECT_EQ(thousands(1000), "1,000");
    EXPECT_EQ(thousands(20070400), "20,070,400");
}

}  // namespace
}  // namespace clipscope::cli
