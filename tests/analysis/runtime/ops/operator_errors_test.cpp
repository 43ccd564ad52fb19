// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/registry.h"

namespace clipscope::runtime {
namespace {

/// The message of an operator run on zeros of these shapes; empty when it runs.
std::string messageOf(const std::string& type, int opset, const std::vector<Shape>& shapes,
                      const graph::Attributes& attributes = {}) {
    graph::Node node;
    node.type = type;
    node.opset = opset;
    node.attributes = attributes;
    node.outputs = {graph::ValueId(0)};
    std::vector<Tensor> inputs;
    for (const Shape& shape : shapes) {
        inputs.emplace_back(DType::Float32, shape);
        std::ranges::fill(inputs.back().mutableValues<float>(), 0.0f);
    }
    CpuDevice device;
    NodeState state;
    OpContext context(node, device, inputs, {}, state);
    try {
        findOperator("", type, opset)->run(context);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

void expectNames(const std::string& message, const std::vector<std::string>& words) {
    for (const std::string& word : words)
        EXPECT_NE(message.find(word), std::string::npos) << message << " lacks " << word;
}

TEST(OperatorErrors, NameBothShapes) {
    expectNames(messageOf("Conv", 11, {{1, 3, 8, 8}, {4, 2, 3, 3}}), {"1x3x8x8", "4x2x3x3"});
    expectNames(messageOf("Conv", 11, {{1, 3, 8, 8}, {4, 3, 3}}), {"1x3x8x8", "4x3x3"});
    expectNames(messageOf("Conv", 11, {{1, 3, 8, 8}, {4, 3, 3, 3}, {5}}), {"5", "4x3x3x3"});
    expectNames(messageOf("ConvTranspose", 11, {{1, 3, 8, 8}, {4, 2, 3, 3}}),
                {"1x3x8x8", "4x2x3x3"});
    expectNames(messageOf("MatMul", 13, {{2, 3}, {4, 5}}), {"2x3", "4x5"});
    expectNames(messageOf("MatMul", 13, {{2, 2, 3}, {5, 3, 4}}), {"2", "5", "broadcast"});
    expectNames(messageOf("Gemm", 13, {{2, 3}, {4, 5}}), {"2x3", "4x5"});
    expectNames(messageOf("Gemm", 13, {{2, 3}, {3, 5}, {4}}), {"4", "2x5"});
    expectNames(messageOf("BatchNormalization", 15, {{1, 3, 4}, {2}, {2}, {2}, {2}}),
                {"1x3x4", "2"});
    expectNames(messageOf("LayerNormalization", 17, {{2, 5}, {4}}), {"4", "2x5"});
    expectNames(messageOf("InstanceNormalization", 6, {{1, 3, 4}, {2}, {3}}), {"1x3x4", "2"});
}

TEST(OperatorErrors, SayWhatDoesNotRun) {
    graph::Attributes training;
    training.set("training_mode", int64_t{1});
    expectNames(messageOf("BatchNormalization", 15, {{1, 1, 4}, {1}, {1}, {1}, {1}}, training),
                {"training"});
    graph::Attributes axis;
    axis.set("axis", int64_t{3});
    expectNames(messageOf("Softmax", 13, {{2, 2}}, axis), {"axis 3"});
    expectNames(messageOf("Conv", 11, {{1, 3}, {4, 3}}), {"1x3", "rank"});
}

}  // namespace
}  // namespace clipscope::runtime
