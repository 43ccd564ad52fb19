// SPDX-License-Identifier: Apache-2.0
#include "analysis/formats/nearest_names.h"

#include <gtest/gtest.h>

#include "analysis/formats/text.h"

namespace clipscope::formats {
namespace {

using Names = std::vector<std::string>;

TEST(NearestNames, PutsThoseThatHoldTheWordFirst) {
    const Names names = {"conv10_output", "relu", "Conv1_out", "conv2", "cnov1"};
    EXPECT_EQ(nearestNames("conv1", names), (Names{"Conv1_out", "conv10_output", "conv2"}));
    EXPECT_EQ(nearestNames("conv1", names, 4),
              (Names{"Conv1_out", "conv10_output", "conv2", "cnov1"}));
    EXPECT_EQ(nearestNames("CONV1_output_0", names, 1), (Names{"Conv1_out"}));
}

TEST(NearestNames, SuggestsNothingFar) {
    const Names names = {"a", "b", "prob", ""};
    EXPECT_EQ(nearestNames("x", names), Names{});
    EXPECT_EQ(nearestNames("", names), Names{});
    EXPECT_EQ(nearestNames("softmax", names), Names{});
    EXPECT_EQ(nearestNames("porb", names), (Names{"prob"}));
    EXPECT_EQ(nearestNames("prob", Names{}), Names{});
}

TEST(Text, ChecksUtf8) {
    for (const char* good : {"", "a", "\xc3\xaf", "\xe5\x8d\xb7", "\xf0\x9f\x99\x82"})
        EXPECT_TRUE(isUtf8(good)) << good;
    // Overlong, surrogate, beyond U+10FFFF, cut short, stray continuation (Unicode, table 3-7).
    for (const char* bad : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                            "\xf5\x80\x80\x80", "\xe5\x8d", "\x80", "\xff"})
        EXPECT_FALSE(isUtf8(bad)) << bad;
    EXPECT_EQ(withValidUtf8("a\xff\xc3\xaf"), "a\xef\xbf\xbd\xc3\xaf");
}

TEST(Text, ShowsOddNamesInMessages) {
    EXPECT_EQ(shown("a\nb\xff"), "a\\x0ab\\xff");
    EXPECT_EQ(shown("0123456789", 6), "012...789");
    EXPECT_EQ(shown("\xc3\xaf\xc3\xaf\xc3\xaf", 3), "...");  // never half a character
    EXPECT_EQ(trimmed("\t a b "), "a b");
}

}  // namespace
}  // namespace clipscope::formats
