// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/merge.h"

#include <gtest/gtest.h>

#include "tests/analysis/session/sessions.h"
#include "tests/expect_error.h"

namespace clipscope::session {
namespace {

Session part(std::vector<std::string> samples, uint32_t seed) {
    Session session = smallSession();
    session.samples = std::move(samples);
    session.groups.clear();
    session.tensors = {normalTensor("a", seed)};
    session.tensors[0].statistics.sampleAmax = {{0, 5.0f}, {1, 2.0f}};
    session.method = "minmax";
    return session;
}

TEST(Merge, SamplesAreOrderedBySourceThenNumber) {
    EXPECT_TRUE(sampleIdLess("a.npy#9", "a.npy#10"));
    EXPECT_TRUE(sampleIdLess("a.npy#10", "b.npy#0"));
    EXPECT_FALSE(sampleIdLess("a.npy#1", "a.npy#1"));
    EXPECT_TRUE(sampleIdLess("a#2#1", "a#2#3"));
}

TEST(Merge, TheOrderOfThePartsDoesNotMatterAndTiesGoToTheSmallestId) {
    Session a = part({"x#10", "x#3"}, 1);
    Session b = part({"x#2", "x#4"}, 2);
    a.tensors[0].shape = Shape{2, 9};
    b.tensors[0].shape = Shape{4, 9};
    const Session ab = mergeSessions({a, b});
    const Session ba = mergeSessions({b, a});
    EXPECT_EQ(ab.samples, (std::vector<std::string>{"x#2", "x#3", "x#4", "x#10"}));
    EXPECT_EQ(ba.samples, ab.samples);
    EXPECT_EQ(ab.tensors[0].shape, (Shape{4, 9}));  // of the first sample
    EXPECT_EQ(ba.tensors[0].shape, (Shape{4, 9}));
    EXPECT_TRUE(ab.tensors[0].statistics.histogram == ba.tensors[0].statistics.histogram);
    EXPECT_EQ(ab.tensors[0].statistics.sampleAmax, ba.tensors[0].statistics.sampleAmax);
    EXPECT_EQ(ab.tensors[0].statistics.histogram.count(), 40000u);
    ASSERT_TRUE(ab.tensors[0].statistics.amaxSample());
    EXPECT_EQ(ab.samples[static_cast<size_t>(ab.tensors[0].statistics.amaxSample()->sample)],
              "x#2");
    EXPECT_EQ(ab.tensors[0].original.scale, ab.tensors[0].statistics.histogram.amax() / 127);
}

TEST(Merge, RefusesWhatDoesNotBelongTogether) {
    const Session a = part({"x#0", "x#1"}, 1);
    expectError([&] { mergeSessions({a}); }, {"two"});
    expectError([&] { mergeSessions({a, part({"x#1", "x#2"}, 2)}); }, {"'x#1'", "twice"});
    Session model = part({"x#8", "x#9"}, 2);
    model.modelSha256 = std::string(64, 'b');
    expectError([&] { mergeSessions({a, model}); }, {"different models"});
    Session recipe = part({"x#8", "x#9"}, 2);
    recipe.recipe = "";
    expectError([&] { mergeSessions({a, recipe}); }, {"recipes"});
}

TEST(Merge, APartialPartMakesThePartialWhole) {
    Session b = part({"x#8", "x#9"}, 2);
    b.isPartial = true;
    EXPECT_TRUE(mergeSessions({part({"x#0", "x#1"}, 1), b}).isPartial);
}

}  // namespace
}  // namespace clipscope::session
