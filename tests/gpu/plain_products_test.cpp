// SPDX-License-Identifier: Apache-2.0
// The reference that the tests take to a machine with a GPU, and what it does without.
#include <gtest/gtest.h>

#include "analysis/runtime/cpu/cpu_device.h"
#include "tests/gpu/loaded_libraries.h"
#include "tests/operator_cases.h"

namespace clipscope::runtime {
namespace {

class PlainProducts : public testing::TestWithParam<const char*> {};

TEST_P(PlainProducts, MatchThePeer) {
    CpuDevice device;
    // Recurrent steps go through a sigmoid and a tanh each.
    const OperatorTolerance tolerances[] = {{"", 2e-6}, {"LSTM", 5e-6}, {"GRU", 5e-6}};
    expectFamilyMatches(GetParam(), device, tolerances);
}

INSTANTIATE_TEST_SUITE_P(Family, PlainProducts,
                         testing::Values("convolution", "language_model", "matmul", "quantized",
                                         "recurrent", "transformer", "transformer_gpu"),
                         [](const auto& family) { return std::string(family.param); });

// libdnnl weighs more than all else that can be taken along.
TEST(LoadedLibraries, NeedNeitherOneDnnNorQt) {
    const std::set<std::string> libraries = loadedLibraries();
    EXPECT_FALSE(libraries.empty());
    for (const std::string& library : libraries)
        for (const char* unwanted : {"libdnnl", "libQt", "libqcustomplot"})
            EXPECT_EQ(library.find(unwanted), std::string::npos) << library;
}

}  // namespace
}  // namespace clipscope::runtime
