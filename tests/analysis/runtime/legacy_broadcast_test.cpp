// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/executor.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::runtime {
namespace {

Tensor runOn(const ModelBuilder& model, const Tensor& x) {
    const TemporaryFolder folder;
    const graph::Graph graph = graph::readOnnx(model.save(folder / "m.onnx"));
    CpuDevice device;
    return Executor(graph, device).run({{"x", x}})[0];
}

std::vector<float> valuesOf(const Tensor& tensor) {
    return {tensor.values<float>().begin(), tensor.values<float>().end()};
}

ModelBuilder sumAt(int axis) {
    ModelBuilder model(6);
    model.input("x", {2, 2}).floats("b", {2}, {10, 20});
    auto& node = model.node("Add", {"x", "b"}, {"y"});
    ModelBuilder::setInt(node, "broadcast", 1);
    ModelBuilder::setInt(node, "axis", axis);
    model.output("y");
    return model;
}

TEST(LegacyBroadcast, TheSecondOperandStandsAtTheAxisThatIsNamed) {
    const Tensor x = Tensor::of<float>({2, 2}, std::vector<float>{1, 2, 3, 4});
    EXPECT_EQ(valuesOf(runOn(sumAt(0), x)), (std::vector<float>{11, 12, 23, 24}));
    EXPECT_EQ(valuesOf(runOn(sumAt(1), x)), (std::vector<float>{11, 22, 13, 24}));
    EXPECT_EQ(valuesOf(runOn(sumAt(-1), x)), (std::vector<float>{11, 22, 13, 24}));
    expectError([&] { runOn(sumAt(2), x); },
                {"Add node 'y'", "float32 2 does not fit float32 2x2 from axis 2 on", "opset 6"});
}

/// Convolutions may give channels-last tensors.
TEST(LegacyBroadcast, SlopesBelongToChannelsAfterAConvolution) {
    constexpr int64_t kChannels = 16;
    constexpr int64_t kExtent = 16;
    ModelBuilder model(6);
    model.input("x", {1, 1, kExtent, kExtent});
    std::vector<float> slopes;
    for (int c = 0; c < kChannels; ++c)
        slopes.push_back(static_cast<float>(c));
    model.floats("w", {kChannels, 1, 1, 1}, std::vector<float>(kChannels, 1));
    model.floats("w2", {kChannels, kChannels, 3, 3},
                 std::vector<float>(kChannels * kChannels * 9, 0));
    model.floats("b", {kChannels}, std::vector<float>(kChannels, -1));
    model.floats("slopes", {kChannels}, slopes);
    model.node("Conv", {"x", "w"}, {"c1"});
    auto& second = model.node("Conv", {"c1", "w2", "b"}, {"c2"});
    ModelBuilder::setInts(second, "pads", {1, 1, 1, 1});
    model.node("PRelu", {"c2", "slopes"}, {"y"});
    model.output("y");
    const Tensor y = runOn(model, Tensor::of<float>({1, 1, kExtent, kExtent},
                                                    std::vector<float>(kExtent * kExtent, 1)));
    ASSERT_EQ(y.shape(), (Shape{1, kChannels, kExtent, kExtent}));
    const auto values = y.values<float>();
    for (size_t i = 0; i < values.size(); ++i)
        ASSERT_EQ(values[i], -slopes[i / (kExtent * kExtent)]) << i;
}

}  // namespace
}  // namespace clipscope::runtime
