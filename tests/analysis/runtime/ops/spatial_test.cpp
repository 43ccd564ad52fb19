// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/ops/spatial.h"

#include <gtest/gtest.h>

#include "analysis/base/error.h"

namespace clipscope::runtime {
namespace {

using Ints = std::vector<int64_t>;

graph::Attributes attributes(Ints strides, Ints pads) {
    graph::Attributes made;
    made.set("strides", std::move(strides));
    made.set("pads", std::move(pads));
    return made;
}

std::string messageOf(const graph::Attributes& given, const Ints& kernel, const Ints& input) {
    try {
        slidingWindow(given, kernel, input);
        return "";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::BadInput);
        return error.what();
    }
}

TEST(SlidingWindow, RoundsDownOrUp) {
    const Ints input = {6};
    const auto given = attributes({2}, {0, 0});
    EXPECT_EQ(slidingWindow(given, {3}, input).output, Ints{2});
    const SpatialWindow up = slidingWindow(given, {3}, input, true);
    EXPECT_EQ(up.output, Ints{3});
    EXPECT_EQ(up.padsEnd, Ints{0});
    EXPECT_EQ(up.coveringPadsEnd(input), Ints{1});
}

TEST(SlidingWindow, NoWindowStartsInTheEndPads) {
    // Positions 0, 3, 6 of a row of 6 with no begin pad: the third would start beyond it.
    EXPECT_EQ(slidingWindow(attributes({3}, {0, 1}), {2}, Ints{6}, true).output, Ints{2});
}

TEST(SlidingWindow, SamePutsTheOddElementWhereItSays) {
    auto given = graph::Attributes();
    given.set("auto_pad", std::string("SAME_UPPER"));
    const SpatialWindow upper = slidingWindow(given, {4}, Ints{13});
    EXPECT_EQ(upper.output, Ints{13});
    EXPECT_EQ(upper.padsBegin, Ints{1});
    EXPECT_EQ(upper.padsEnd, Ints{2});
    given.set("auto_pad", std::string("SAME_LOWER"));
    EXPECT_EQ(slidingWindow(given, {4}, Ints{13}).padsBegin, Ints{2});
}

TEST(SlidingWindow, SameCountsTheDilation) {
    auto given = graph::Attributes();
    given.set("auto_pad", std::string("SAME_UPPER"));
    given.set("dilations", Ints{3});
    const SpatialWindow window = slidingWindow(given, {3}, Ints{13});
    EXPECT_EQ(window.output, Ints{13});
    EXPECT_EQ(window.padsBegin, Ints{3});
    EXPECT_EQ(window.padsEnd, Ints{3});
}

TEST(SlidingWindow, NamesWhatIsWrong) {
    EXPECT_NE(messageOf(attributes({1, 1}, {0, 0}), {3}, {6}).find("strides"), std::string::npos);
    EXPECT_NE(messageOf(attributes({0}, {0, 0}), {3}, {6}).find("strides"), std::string::npos);
    EXPECT_NE(messageOf(attributes({1}, {0}), {3}, {6}).find("pads"), std::string::npos);
    EXPECT_NE(messageOf(attributes({1}, {0, 0}), {3, 3}, {6}).find("kernel"), std::string::npos);
    EXPECT_NE(messageOf(attributes({1}, {0, 0}), {7}, {6}).find("spans 7"), std::string::npos);
    auto given = graph::Attributes();
    given.set("auto_pad", std::string("SAME"));
    EXPECT_NE(messageOf(given, {3}, {6}).find("'SAME'"), std::string::npos);
}

}  // namespace
}  // namespace clipscope::runtime
