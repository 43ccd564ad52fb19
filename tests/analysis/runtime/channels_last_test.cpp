// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/channels_last.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/executor.h"
#include "tests/model_builder.h"
#include "tests/normal_values.h"
#include "tests/temporary_folder.h"

namespace clipscope::runtime {
namespace {

TEST(ChannelsLast, ElementsKeepTheirPlaces) {
    CpuDevice device;
    std::vector<float> values(2 * 3 * 2 * 5);
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(i);
    const Tensor tensor = Tensor::of<float>({2, 3, 2, 5}, values);
    const Tensor last = toChannelsLast(device, tensor);
    EXPECT_EQ(last.shape(), tensor.shape());
    EXPECT_EQ(last.inMemoryOrder().shape(), Shape({2, 2, 5, 3}));
    // [n, c, h, w] = 30 n + 10 c + 5 h + w: the channels of a position lie 10 apart in value.
    const auto inOrder = last.inMemoryOrder();
    EXPECT_EQ(inOrder.values<float>()[1], 10.0f);
    EXPECT_EQ(inOrder.values<float>()[3], 1.0f);
    EXPECT_EQ(inOrder.values<float>()[30 + 3 * 7 + 2], 30.0f + 20 + 5 + 2);
    const Tensor back = toRowMajor(device, last);
    EXPECT_TRUE(std::ranges::equal(back.values<float>(), values));
    EXPECT_THROW(static_cast<void>(last.values<float>()), Error);
}

/// Three planes, which have a loop of their own, two and four; more positions than it takes at
/// once.
TEST(ChannelsLast, PlanesOfAnyNumberAreInterleaved) {
    CpuDevice device;
    constexpr size_t kPositions = 41 * 37;
    for (const size_t planes : {2, 3, 4}) {
        SCOPED_TRACE(planes);
        const std::vector<float> values = normal(2 * planes * kPositions, 5);
        const Tensor last = toChannelsLast(
            device, Tensor::of<float>({2, static_cast<int64_t>(planes), 41, 37}, values));
        const Tensor inOrder = last.inMemoryOrder();
        for (size_t n = 0; n < 2; ++n)
            for (size_t i = 0; i < kPositions; ++i)
                for (size_t c = 0; c < planes; ++c)
                    ASSERT_EQ(inOrder.values<float>()[(n * kPositions + i) * planes + c],
                              values[(n * planes + c) * kPositions + i]);
    }
}

TEST(ChannelsLast, OperandsThatBroadcastFollow) {
    CpuDevice device;
    const Tensor x = toChannelsLast(device, Tensor::of<float>({1, 2, 1, 3}, normal(6, 1)));
    std::vector<Tensor> operands{x, Tensor::of<float>({2, 1, 1}, normal(2, 2)),
                                 Tensor::scalar(1.0f), Tensor(),
                                 Tensor::of<float>({3}, normal(3, 3))};
    ASSERT_TRUE(toMemoryOrder(device, operands));
    EXPECT_EQ(operands[0].shape(), Shape({1, 1, 3, 2}));
    EXPECT_EQ(operands[1].shape(), Shape({1, 1, 1, 2}));
    EXPECT_EQ(operands[2].shape(), Shape());
    EXPECT_FALSE(operands[3].isDefined());
    EXPECT_EQ(operands[4].shape(), Shape({1, 1, 3, 1}));
    std::vector<Tensor> more{x, Tensor(DType::Float32, {1, 1, 1, 2, 3})};
    EXPECT_FALSE(toMemoryOrder(device, more));
    EXPECT_EQ(more[0].layout(), Layout::ChannelsLast);
}

/// Convolves row-major tensors, so that nothing else sees another layout.
class RowMajorDevice final : public CpuDevice {
public:
    Layout convolutionLayout(const ConvolutionParameters&, const Shape&) const override {
        return Layout::RowMajor;
    }
};

/// What can follow a convolution, one output each.
ModelBuilder whatFollowsConvolutions() {
    ModelBuilder model;
    model.input("x", {-1, 3, 11, 9});
    model.floats("w", {6, 3, 3, 3}, normal(162, 1))
        .floats("depthwise", {6, 1, 3, 3}, normal(54, 2));
    model.floats("channels", {6, 1, 1}, normal(6, 3)).floats("map", {1, 1, 9, 7}, normal(63, 4));
    model.floats("row", {7}, normal(7, 5)).floats("mean", {6}, normal(6, 6));
    model.floats("variance", {6}, {1, 2, 3, 4, 5, 6}).floats("half", {}, {0.5f});
    model.floats("map6", {2, 1, 9, 7}, normal(126, 8));
    model.ints("flat", {2}, {0, -1});
    model.node("Conv", {"x", "w", "mean"}, {"c"});
    int made = 0;
    const auto add = [&](const char* type, const std::vector<std::string>& inputs,
                         const char* attribute = nullptr, const std::vector<int64_t>& values = {}) {
        const std::string name = type + std::to_string(made++);
        onnx::NodeProto& node = model.node(type, inputs, {name});
        if (values.size() == 1)
            ModelBuilder::setInt(node, attribute, values.front());
        else if (attribute)
            ModelBuilder::setInts(node, attribute, values);
        model.output(name);
        return name;
    };
    add("Relu", {"c"});
    // Read last by an operator that broadcasts it to more axes.
    model.floats("five", {2, 1, 1, 1, 1}, {1, 2});
    model.node("Relu", {"c"}, {"positive"});
    add("Add", {"positive", "five"});
    add("Mul", {"c", "channels"});
    add("Add", {"map", "c"});
    add("Sub", {"row", "c"});
    add("Div", {"c", "half"});
    add("Clip", {"c", "", "half"});
    add("PRelu", {"c", "channels"});
    add("Sum", {"c", "map", "c"});
    const std::string test = add("Greater", {"c", "half"});
    add("Where", {test, "c", "row"});
    add("Identity", {"c"});
    add("BatchNormalization", {"c", "mean", "variance", "mean", "variance"});
    const std::string global = add("GlobalAveragePool", {"c"});
    add("GlobalMaxPool", {"c"});
    add("Mul", {"c", global});
    add("Reshape", {"c", "flat"});
    add("Softmax", {"c"});
    add("Shape", {"c"});
    add("Transpose", {"c"});
    const std::string second = add("Conv", {"c", "depthwise"}, "group", {6});
    add("Relu", {second});
    add("MaxPool", {"c"}, "kernel_shape", {3, 2});
    add("AveragePool", {"c"}, "kernel_shape", {2, 3});
    add("Concat", {"c", "c"}, "axis", {1});
    add("Concat", {"c", "c"}, "axis", {3});
    add("Concat", {"c", "map6"}, "axis", {1});
    return model;
}

TEST(ChannelsLast, OperatorsGiveWhatRowMajorOnesGive) {
    const TemporaryFolder folder;
    const ModelBuilder model = whatFollowsConvolutions();
    const graph::Graph graph = graph::readOnnx(model.save(folder / "m.onnx"));
    CpuDevice device;
    RowMajorDevice rowMajor;
    Executor executor(graph, device);
    Executor reference(graph, rowMajor);
    const std::map<std::string, Tensor> inputs{
        {"x", Tensor::of<float>({2, 3, 11, 9}, normal(2 * 3 * 11 * 9, 7))}};
    const std::vector<Tensor> got = executor.run(inputs);
    const std::vector<Tensor> want = reference.run(inputs);
    for (size_t i = 0; i < want.size(); ++i) {
        SCOPED_TRACE(graph[graph.outputs[i]].name);
        EXPECT_EQ(got[i].shape(), want[i].shape());
        const std::vector<double> a = toDoubles(got[i]);
        const std::vector<double> b = toDoubles(want[i]);
        for (size_t k = 0; k < b.size(); ++k)
            ASSERT_NEAR(a[k], b[k], 1e-5 * (1 + std::fabs(b[k]))) << k;
    }
}

}  // namespace
}  // namespace clipscope::runtime
