// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensors/name_elision.h"

#include <gtest/gtest.h>

namespace clipscope::widgets {
namespace {

/// Every character one wide.
std::string elided(const char* name, const char* op, int width) {
    return elidedName(name, op, [width](const QString& text) { return text.size() <= width; })
        .toStdString();
}

TEST(NameElision, KeepsWhatFits) {
    EXPECT_EQ(elided("res5b_branch2c", "Conv", 14), "res5b_branch2c");
}

TEST(NameElision, CutsFirstWhatRepeatsTheOperatorThenFoldersFromTheLeft) {
    const char* name = "/layer1/layer1.0/conv1/Conv_output_0";
    EXPECT_EQ(elided(name, "Conv", 35), "/layer1/layer1.0/conv1…");
    EXPECT_EQ(elided(name, "Conv", 17), "…layer1.0/conv1");
    EXPECT_EQ(elided(name, "Conv", 8), "…conv1");
    EXPECT_EQ(elided("/layer1/layer1.0/relu_1/Relu_output_0", "Relu", 20), "…layer1.0/relu_1");
}

TEST(NameElision, KeepsANameThatIsAllOperator) {
    EXPECT_EQ(elided("/Flatten_output_0", "Flatten", 12), "/Flatten…");
    EXPECT_EQ(elided("model/conv:0", "Conv", 11), "model/conv…");
}

TEST(NameElision, CutsALongWordInItsMiddle) {
    EXPECT_EQ(elided("abcdefghij", "Conv", 7), "abc…hij");
    EXPECT_EQ(elided("abcdefghij", "Conv", 1), "…");
}

}  // namespace
}  // namespace clipscope::widgets
