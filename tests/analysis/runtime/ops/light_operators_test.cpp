// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "analysis/runtime/cpu/cpu_device.h"
#include "tests/operator_cases.h"

namespace clipscope::runtime {
namespace {

TEST(OperatorFamilies, Elementwise) {
    CpuDevice device;
    // Exact where IEEE arithmetic is (comparisons and integers always are), else the peer's and our
    // polynomials differ in the last bits.
    const OperatorTolerance tolerances[] = {
        {"", 1e-6},  {"Abs", 0},  {"Add", 0},   {"Cast", 0},  {"CastLike", 0},
        {"Ceil", 0}, {"Clip", 0}, {"Div", 0},   {"Floor", 0}, {"Max", 0},
        {"Min", 0},  {"Mul", 0},  {"Neg", 0},   {"Relu", 0},  {"Round", 0},
        {"Sign", 0}, {"Sub", 0},  {"Where", 0}, {"PRelu", 0}, {"Sqrt", 0}};
    expectFamilyMatches("elementwise", device, tolerances);
}

TEST(OperatorFamilies, Movement) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"", 0}, {"CumSum", 1e-6}, {"Range", 1e-6}};
    expectFamilyMatches("movement", device, tolerances);
}

TEST(OperatorFamilies, Resize) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"", 2e-6}};  // the peer's coordinates are float32
    expectFamilyMatches("resize", device, tolerances);
}

}  // namespace
}  // namespace clipscope::runtime
