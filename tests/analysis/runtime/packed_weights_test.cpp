// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/packed_weights.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/analysis/runtime/one_node.h"

namespace clipscope::runtime {
namespace {

/// Asks for `wanted` made of the weights at `from`; counts how often it was made.
struct Packer {
    std::shared_ptr<const std::string> ask(const void* from, const std::string& wanted) {
        return std::static_pointer_cast<const std::string>(PackedWeights::findOrMake(
            from,
            [&](const void* kept) { return *static_cast<const std::string*>(kept) == wanted; },
            [&] {
                ++made;
                return std::make_shared<const std::string>(wanted);
            }));
    }
    int made = 0;
};

TEST(PackedWeights, AreMadeOnceForAllWhoHoldThem) {
    PackedWeights store;
    const PackedWeights::Scope scope(store);
    const float weights[2] = {1, 2};
    Packer packer;
    const auto first = packer.ask(&weights[0], "blocked");
    EXPECT_EQ(packer.ask(&weights[0], "blocked"), first);
    EXPECT_EQ(packer.made, 1);
    EXPECT_NE(packer.ask(&weights[0], "transposed"), first);  // another layout
    EXPECT_NE(packer.ask(&weights[1], "blocked"), first);     // other weights
    EXPECT_EQ(packer.made, 3);
    EXPECT_EQ(packer.ask(&weights[0], "blocked"), first);
    EXPECT_EQ(packer.made, 3);
}

TEST(PackedWeights, AreMadeAgainOnceNobodyHoldsThem) {
    PackedWeights store;
    const PackedWeights::Scope scope(store);
    const float weights = 1;
    Packer packer;
    packer.ask(&weights, "blocked");
    packer.ask(&weights, "blocked");
    EXPECT_EQ(packer.made, 2);
}

TEST(PackedWeights, AreNotSharedOutsideOfAScopeOrWithAnother) {
    const float weights = 1;
    Packer packer;
    const auto alone = packer.ask(&weights, "blocked");
    EXPECT_NE(packer.ask(&weights, "blocked"), alone);
    PackedWeights store;
    PackedWeights other;
    const PackedWeights::Scope scope(store);
    const auto first = packer.ask(&weights, "blocked");
    {
        const PackedWeights::Scope inner(other);
        EXPECT_NE(packer.ask(&weights, "blocked"), first);
    }
    EXPECT_EQ(packer.ask(&weights, "blocked"), first);
}

TEST(PackedWeights, SomeOperatorsKeepTheirsInAnotherWay) {
    EXPECT_TRUE(sharesAllWeights(oneNode("Conv")));
    EXPECT_FALSE(sharesAllWeights(oneNode("LSTM")));
    EXPECT_FALSE(sharesAllWeights(oneNode("MatMulNBits", "com.microsoft")));
    graph::Graph graph = oneNode("If");
    graph.nodes[0].bodies.push_back({.attribute = "then_branch", .nodes = oneNode("GRU").nodes});
    EXPECT_FALSE(sharesAllWeights(graph));
}

}  // namespace
}  // namespace clipscope::runtime
