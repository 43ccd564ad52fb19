// SPDX-License-Identifier: Apache-2.0
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/runtime/cpu/cpu_device.h"
#include "tests/operator_cases.h"

namespace clipscope::runtime {
namespace {

struct Family {
    std::string name;
    std::vector<OperatorTolerance> tolerances;  ///< relative to the largest element
};

void PrintTo(const Family& family, std::ostream* out) {
    *out << family.name;
}

class HeavyOperators : public testing::TestWithParam<Family> {};

TEST_P(HeavyOperators, MatchTheirCases) {
    CpuDevice device;
    expectFamilyMatches(GetParam().name, device, GetParam().tolerances);
}

const Family kFamilies[] = {
    {"convolution", {{"Conv", 1e-6}, {"ConvTranspose", 1e-6}}},
    {"float64", {{"", 1e-13}}},
    {"language_model", {{"", 2e-6}}},
    {"matmul", {{"Gemm", 1e-6}, {"MatMul", 1e-6}}},
    {"neighbour_normalization", {{"", 1e-6}}},
    {"normalization", {{"", 1e-6}, {"Hardmax", 0}}},
    {"pool",
     {{"MaxPool", 0},
      {"GlobalMaxPool", 0},
      {"AveragePool", 1e-6},
      {"GlobalAveragePool", 1e-6},
      {"GlobalLpPool", 1e-6}}},
    {"quantized", {{"", 1e-6}}},
    {"recurrent", {{"", 2e-6}}},
    {"reduce", {{"", 1e-6}, {"ReduceMax", 0}, {"ReduceMin", 0}, {"ArgMax", 0}, {"ArgMin", 0}}},
    {"transformer", {{"", 2e-6}}},
    {"transformer_gpu", {{"", 2e-6}}},
};

INSTANTIATE_TEST_SUITE_P(Families, HeavyOperators, testing::ValuesIn(kFamilies),
                         [](const auto& family) { return family.param.name; });

}  // namespace
}  // namespace clipscope::runtime
