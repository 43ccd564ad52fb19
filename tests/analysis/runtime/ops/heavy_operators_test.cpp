// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "analysis/runtime/cpu/cpu_device.h"
#include "tests/operator_cases.h"

namespace clipscope::runtime {
namespace {

TEST(OperatorFamilies, Convolution) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"Conv", 1e-6}, {"ConvTranspose", 1e-6}};
    expectFamilyMatches("convolution", device, tolerances);
}

TEST(OperatorFamilies, Matmul) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"Gemm", 1e-6}, {"MatMul", 1e-6}};
    expectFamilyMatches("matmul", device, tolerances);
}

TEST(OperatorFamilies, Pool) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"MaxPool", 0},
                                            {"GlobalMaxPool", 0},
                                            {"AveragePool", 1e-6},
                                            {"GlobalAveragePool", 1e-6},
                                            {"GlobalLpPool", 1e-6}};
    expectFamilyMatches("pool", device, tolerances);
}

TEST(OperatorFamilies, Normalization) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"", 1e-6}, {"Hardmax", 0}};
    expectFamilyMatches("normalization", device, tolerances);
}

TEST(OperatorFamilies, NeighbourNormalization) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"", 1e-6}};
    expectFamilyMatches("neighbour_normalization", device, tolerances);
}

TEST(OperatorFamilies, Reduce) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {
        {"", 1e-6}, {"ReduceMax", 0}, {"ReduceMin", 0}, {"ArgMax", 0}, {"ArgMin", 0}};
    expectFamilyMatches("reduce", device, tolerances);
}

// Relative to the largest element: in float32, as ONNX Runtime computes them.
TEST(OperatorFamilies, Transformer) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"", 2e-6}};
    expectFamilyMatches("transformer", device, tolerances);
}

TEST(OperatorFamilies, TransformerOnGpus) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"", 2e-6}};
    expectFamilyMatches("transformer_gpu", device, tolerances);
}

TEST(OperatorFamilies, LanguageModel) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"", 2e-6}};
    expectFamilyMatches("language_model", device, tolerances);
}

TEST(OperatorFamilies, Float64) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"", 1e-13}};
    expectFamilyMatches("float64", device, tolerances);
}

TEST(OperatorFamilies, Recurrent) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"", 2e-6}};
    expectFamilyMatches("recurrent", device, tolerances);
}

TEST(OperatorFamilies, Quantized) {
    CpuDevice device;
    const OperatorTolerance tolerances[] = {{"", 1e-6}};
    expectFamilyMatches("quantized", device, tolerances);
}

}  // namespace
}  // namespace clipscope::runtime
