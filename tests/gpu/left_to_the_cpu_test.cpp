// SPDX-License-Identifier: Apache-2.0
// Which operators the device leaves to the CPU, and which ones bring constants to it in every run:
// a kernel that silently is not used, and a copy that is not kept, fail here.
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/executor.h"
#include "tests/gpu/failing_backend.h"
#include "tests/operator_cases.h"
#include "tests/temporary_folder.h"

namespace clipscope::gpu {
namespace {

/// Of float32, or of 8-bit integers that stand for it.
bool isOfDevices(const OperatorCase& operatorCase) {
    if (operatorCase.inputs.empty())
        return false;
    const DType type = operatorCase.inputs[0].type();
    return (type == DType::Float32 || type == DType::Int8 || type == DType::UInt8) &&
           operatorCase.inputs[0].elementCount() > 0;
}

graph::Graph graphOf(const OperatorCase& operatorCase) {
    const TemporaryFolder folder;
    std::ofstream(folder / "model.onnx", std::ios::binary) << operatorCase.model;
    return graph::readOnnx(folder / "model.onnx");
}

/// As if another node had made them: the host has no copy.
std::map<std::string, Tensor> inputsOf(const OperatorCase& operatorCase, const graph::Graph& graph,
                                       GpuDevice& device) {
    std::map<std::string, Tensor> inputs;
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
        const Tensor input = device.fromHost(operatorCase.inputs.at(i));
        Pool::forgetOriginal(input);
        inputs[graph[graph.inputs[i]].name] = input;
    }
    return inputs;
}

/// The operators of such cases that were left to the CPU at least once.
std::set<std::string> leftToTheCpu(const char* family, int64_t few) {
    std::set<std::string> left;
    for (const OperatorCase& operatorCase : readOperatorCases(family)) {
        if (!isOfDevices(operatorCase))
            continue;
        const graph::Graph graph = graphOf(operatorCase);
        const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
        device->setFew(few);
        runtime::Executor executor(graph, *device);
        executor.run(inputsOf(operatorCase, graph, *device));
        if (executor.nodeCounts().onHost > 0)
            left.insert(graph.nodes.back().type);
    }
    return left;
}

TEST(LeftToTheCpu, IsWhatHasNoKernel) {
    using Types = std::set<std::string>;
    const std::map<const char*, Types> expected{
        {"convolution", {}},
        {"elementwise", {"Cast", "Pow"}},  // of rare types; of two types, through float64
        {"language_model", {}},
        {"matmul", {}},
        {"movement", {"NonZero", "Range"}},
        {"neighbour_normalization", {}},
        {"normalization", {}},
        {"pool", {}},
        {"quantized", {"QuantizeLinear"}},  // to types of fewer than 8 bits and floats of 8
        {"recurrent", {}},
        {"reduce", {}},
        {"resize", {}},
        {"transformer", {}},
        {"transformer_gpu", {}}};
    for (const auto& [family, types] : expected)
        EXPECT_EQ(leftToTheCpu(family, kFewIntegers), types) << family;
}

// The tensors of cases are small: as many integers as models have would be on the device.
TEST(LeftToTheCpu, IsNothingMoreWhereBytesAreMany) {
    EXPECT_EQ(leftToTheCpu("quantized", 0), std::set<std::string>{"QuantizeLinear"});
    EXPECT_EQ(leftToTheCpu("recurrent", 0), std::set<std::string>());
    EXPECT_EQ(leftToTheCpu("language_model", 0), std::set<std::string>());
}

/// Products of integers and functions that are looked up, in a run that is not the first.
TEST(CopiedInEveryRun, AreNoConstantsOfProductsAndTables) {
    const std::set<std::string> types{
        "ConvInteger", "DynamicQuantizeMatMul", "MatMulInteger", "MatMulIntegerToFloat", "QGemm",
        "QLinearConv", "QLinearLeakyRelu",      "QLinearMatMul", "QLinearSigmoid"};
    std::set<std::string> seen;
    for (const OperatorCase& operatorCase : readOperatorCases("quantized")) {
        const graph::Graph graph = graphOf(operatorCase);
        const std::string& type = graph.nodes.back().type;
        // The last one's input is so small that its axes are swapped on the CPU.
        if (!isOfDevices(operatorCase) || !types.contains(type) ||
            operatorCase.name == "nhwc_qlinear_conv")
            continue;
        seen.insert(type);
        const auto backend = std::make_shared<FailingBackend>();
        const std::unique_ptr<GpuDevice> device = makeSteppedDevice(backend);
        runtime::Executor executor(graph, *device);
        device->setFew(0);
        const std::map<std::string, Tensor> inputs = inputsOf(operatorCase, graph, *device);
        device->setFew(kFewIntegers);
        const std::vector<Tensor> first = executor.run(inputs);
        const size_t before = backend->bytesToDevice();
        const std::vector<Tensor> second = executor.run(inputs);
        EXPECT_EQ(backend->bytesToDevice(), before) << operatorCase.name;
        ASSERT_EQ(second.size(), first.size());
        EXPECT_EQ(toDoubles(second[0]), toDoubles(first[0])) << operatorCase.name;
    }
    EXPECT_EQ(seen, types);
}

}  // namespace
}  // namespace clipscope::gpu
