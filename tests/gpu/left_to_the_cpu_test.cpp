// SPDX-License-Identifier: Apache-2.0
// Which operators the device leaves to the CPU: a kernel that silently is not used fails here.
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/executor.h"
#include "tests/gpu/stepped_backend.h"
#include "tests/operator_cases.h"
#include "tests/temporary_folder.h"

namespace clipscope::gpu {
namespace {

/// The operators of float32 cases that were left to the CPU at least once.
std::set<std::string> leftToTheCpu(const char* family) {
    std::set<std::string> left;
    for (const OperatorCase& operatorCase : readOperatorCases(family)) {
        if (operatorCase.inputs.empty() || operatorCase.inputs[0].type() != DType::Float32 ||
            operatorCase.inputs[0].elementCount() == 0)
            continue;
        const TemporaryFolder folder;
        std::ofstream(folder / "model.onnx", std::ios::binary) << operatorCase.model;
        const graph::Graph graph = graph::readOnnx(folder / "model.onnx");
        const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
        runtime::Executor executor(graph, *device);
        std::map<std::string, Tensor> inputs;
        for (size_t i = 0; i < graph.inputs.size(); ++i)
            inputs[graph[graph.inputs[i]].name] = operatorCase.inputs.at(i);
        executor.run(inputs);
        if (executor.nodeCounts().onHost > 0)
            left.insert(graph.nodes.back().type);
    }
    return left;
}

TEST(LeftToTheCpu, IsWhatHasNoKernel) {
    using Types = std::set<std::string>;
    const std::map<const char*, Types> expected{
        {"convolution", {}},
        {"elementwise", {"Pow"}},  // with operands of two types
        {"matmul", {}},
        {"movement",
         {"Compress", "CumSum", "OneHot", "Range", "Scatter", "ScatterElements", "ScatterND"}},
        {"neighbour_normalization", {}},
        {"normalization", {"Hardmax"}},
        {"pool", {}},
        {"reduce", {"ReduceLogSumExp"}},
        {"resize", {}},
        {"transformer", {"MatMulNBits"}}};
    for (const auto& [family, types] : expected)
        EXPECT_EQ(leftToTheCpu(family), types) << family;
}

}  // namespace
}  // namespace clipscope::gpu
