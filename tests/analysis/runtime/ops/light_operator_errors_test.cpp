// SPDX-License-Identifier: Apache-2.0
#include <span>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/registry.h"

namespace clipscope::runtime {
namespace {

using graph::Attribute;

/// Runs one operator on the given inputs (an undefined tensor is an absent one).
std::vector<Tensor> run(std::string_view type, int opset, const std::vector<Tensor>& inputs,
                        const std::map<std::string, Attribute>& attributes = {}) {
    graph::Node node;
    node.type = type;
    node.opset = opset;
    node.outputs = {graph::ValueId(0)};
    for (const auto& [name, value] : attributes)
        node.attributes.set(name, value);
    CpuDevice device;
    NodeState state;
    const auto constant = std::make_unique<bool[]>(inputs.size());
    OpContext context(node, device, inputs, {constant.get(), inputs.size()}, state);
    findOperator("", type, opset)->run(context);
    return context.takeOutputs();
}

Tensor ints(std::vector<int64_t> values) {
    return Tensor::of<int64_t>({static_cast<int64_t>(values.size())}, values);
}

Tensor floats(const Shape& shape) {
    const std::vector<float> zeros(static_cast<size_t>(shape.elementCount()));
    return Tensor::of<float>(shape, zeros);
}

TEST(LightOperators, ViewsShareTheMemoryOfTheirInput) {
    const Tensor x = floats({2, 1, 3});
    EXPECT_EQ(run("Reshape", 13, {x, ints({-1})})[0].bytes(), x.bytes());
    EXPECT_EQ(run("Flatten", 13, {x})[0].bytes(), x.bytes());
    EXPECT_EQ(run("Squeeze", 13, {x})[0].bytes(), x.bytes());
    EXPECT_EQ(run("Unsqueeze", 13, {x, ints({0})})[0].bytes(), x.bytes());
    EXPECT_EQ(run("Identity", 13, {x})[0].bytes(), x.bytes());
    EXPECT_EQ(run("Dropout", 13, {x})[0].bytes(), x.bytes());
}

struct BadCall {
    std::string type;
    std::vector<Tensor> inputs;
    std::map<std::string, Attribute> attributes;
    std::string says;
};

void expectRefused(std::span<const BadCall> calls) {
    for (const BadCall& call : calls) {
        try {
            run(call.type, 17, call.inputs, call.attributes);
            ADD_FAILURE() << call.type << " did not throw where its message should say "
                          << call.says;
        } catch (const Error& error) {
            EXPECT_TRUE(error.code() == ErrorCode::BadInput ||
                        error.code() == ErrorCode::Unsupported)
                << call.type << ": " << error.what();
            EXPECT_NE(std::string(error.what()).find(call.says), std::string::npos)
                << call.type << ": " << error.what();
        }
    }
}

TEST(LightOperators, RefuseViewsAndMovesThatDoNotFit) {
    const Tensor x = floats({2, 3, 4});
    const BadCall calls[] = {
        {"Reshape", {x, ints({5, -1})}, {}, "float32 2x3x4 to [5, -1]"},
        {"Reshape", {x, ints({-1, -1})}, {}, "[-1, -1]"},
        {"Reshape", {x, ints({2, 3, 4, 0})}, {}, "[2, 3, 4, 0]"},
        {"Reshape", {x, ints({INT64_MAX, 4})}, {}, "4]"},
        {"Squeeze", {x, ints({1})}, {}, "axis 1"},
        {"Unsqueeze", {x, ints({0, 0})}, {}, "twice"},
        {"Flatten", {x}, {{"axis", int64_t{4}}}, "axis 4"},
        {"Concat", {}, {{"axis", int64_t{0}}}, "input 0 is missing"},
        {"Concat", {x, floats({2, 3})}, {{"axis", int64_t{0}}}, "2x3"},
        {"Concat", {x, floats({2, 4, 4})}, {{"axis", int64_t{0}}}, "2x4x4"},
        {
            "Split",
            {x, ints({1, 2})},
            {{"axis", int64_t{1}}},
            "[1, 2]",
        },
        {"Split", {x, ints({5, -2})}, {{"axis", int64_t{1}}}, "-2"},
        {"Slice", {x, ints({0}), ints({1, 2})}, {}, "2 ends"},
        {"Slice", {x, ints({0}), ints({1}), ints({0}), ints({0})}, {}, "0"},
        {"Slice", {x, ints({0, 0}), ints({1, 1}), ints({0, 0})}, {}, "twice"},
        {"Gather", {x, ints({2})}, {}, "index 2"},
        {"Gather", {x, ints({-3})}, {}, "index -3"},
        {"GatherND", {x, ints({0, 3})}, {}, "index 3"},
        {"GatherND", {x, ints({0, 0, 0, 0})}, {}, "int64 4"},
        {"ScatterND", {x, ints({0}), floats({5})}, {}, "float32 5"},
        {"Transpose", {x}, {{"perm", std::vector<int64_t>{0, 0, 1}}}, "[0, 0, 1]"},
        {"Tile", {x, ints({1, 2})}, {}, "2 repetitions"},
        {"Tile", {x, ints({1, 2, -1})}, {}, "-1"},
        {"Pad", {x, ints({1, 1})}, {}, "2 pads"},
        {"Pad", {x, ints({0, -4, 0, 0, 0, 0})}, {}, "axis 1"},
        {"Pad", {x, ints({0, INT64_MAX, 0, 0, INT64_MAX, 0})}, {}, "axis 1"},
        {"Pad", {x, ints({0, 0, 0, 0, 0, 0})}, {{"mode", std::string("mirror")}}, "mirror"},
        {"DepthToSpace", {floats({1, 3, 2, 2})}, {{"blocksize", int64_t{2}}}, "1x3x2x2"},
    };
    expectRefused(calls);
}

TEST(LightOperators, RefuseValuesThatDoNotFit) {
    const Tensor x = floats({2, 3, 4});
    const Tensor doubles = Tensor::of<double>({1, 1, 1}, std::vector<double>{0.5});
    const BadCall calls[] = {
        {"Add", {x, floats({5})}, {}, "5"},
        {"Add", {x, ints({1})}, {}, "int64"},
        {"PRelu", {floats({4}), x}, {}, "slope"},
        {"MaxUnpool",
         {Tensor::of<int64_t>({1, 1, 1}, std::vector<int64_t>{1}),
          Tensor::of<int64_t>({1, 1, 1}, std::vector<int64_t>{0})},
         {{"kernel_shape", std::vector<int64_t>{1}}},
         "no MaxUnpool for int64"},
        {"Cast", {x}, {{"to", int64_t{8}}}, "string"},
        {"Range", {ints({0}), ints({5}), ints({0})}, {}, "0"},
        {"RoiAlign",
         {floats({1, 1, 4, 4}), floats({1, 4}), ints({0})},
         {{"sampling_ratio", int64_t{1000}}},
         "1000 samples"},
        {"STFT", {floats({1, 8, 1}), ints({2}), ints({1, 1, 1, 1})}, {}, "window int64 4"},
        {"LSTM", {doubles, doubles, doubles}, {}, "not for float64 1x1x1: convert the model"},
        {"LSTM",
         {floats({1, 1, 1}), floats({1, 4, 1}), floats({1, 4, 1}),
          Tensor::of<double>({1, 8}, std::vector<double>(8))},
         {},
         "not for float64 1x8"},
        {"RNN", {floats({1, 1, 1}), floats({1, 1, 1}), ints({1, 1, 1})}, {}, "not for int64 3"},
    };
    expectRefused(calls);
}

}  // namespace
}  // namespace clipscope::runtime
