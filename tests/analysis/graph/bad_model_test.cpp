// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "analysis/graph/coverage.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/graph/scale_groups.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::graph {
namespace {

Graph read(const ModelBuilder& model) {
    const TemporaryFolder folder;
    return readOnnx(model.save(folder / "m.onnx"));
}

void setBody(onnx::NodeProto& node, const std::string& name, const onnx::GraphProto& body) {
    auto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::GRAPH);
    *attribute->mutable_g() = body;
}

/// A graph of one node that reads `x` of the graph around it and writes "out".
onnx::GraphProto innermost() {
    ModelBuilder body;
    body.node("Neg", {"x"}, {"out"});
    body.output("out");
    return body.proto().graph();
}

/// `depth` times If in each other's branches.
ModelBuilder nestedIfs(int depth) {
    onnx::GraphProto inner = innermost();
    for (int i = 1; i < depth; ++i) {
        onnx::GraphProto around;
        auto* node = around.add_node();
        node->set_op_type("If");
        node->add_input("condition");
        node->add_output("out");
        setBody(*node, "then_branch", inner);
        around.add_output()->set_name("out");
        inner = std::move(around);
    }
    ModelBuilder model;
    model.input("x", {3}).input("condition", {}, 9);
    auto& node = model.node("If", {"condition"}, {"y"});
    setBody(node, "then_branch", inner);
    setBody(node, "else_branch", innermost());
    model.output("y");
    return model;
}

TEST(BadModel, NestedDeeplyIsReadOrRefusedButNeverOverflowsTheStack) {
    EXPECT_EQ(read(nestedIfs(90)).nodes.size(), 1u);
    expectError([] { read(nestedIfs(150)); }, {"m.onnx", "deeper than 100"});
    expectError([] { read(nestedIfs(1000)); }, {"m.onnx", "nested"});
}

TEST(BadModel, OfLengthDelimitedFieldsAllTheWayDownIsRefused) {
    std::string bytes;  // an If attribute in an If attribute and so on, without anything else
    for (int i = 0; i < 20'000; ++i) {
        std::string around(1, static_cast<char>(i % 3 == 0   ? 6 << 3 | 2
                                                : i % 3 == 1 ? 5 << 3 | 2
                                                             : 1 << 3 | 2));
        for (size_t size = bytes.size();; size >>= 7) {
            around += static_cast<char>(size >= 128 ? (size & 127) | 128 : size);
            if (size < 128)
                break;
        }
        bytes = around + bytes;
    }
    const TemporaryFolder folder;
    std::ofstream(folder / "m.onnx", std::ios::binary) << "\x08\x08" << bytes;
    expectError([&] { readOnnx(folder / "m.onnx"); }, {"m.onnx"});
}

TEST(BadModel, OfAHundredThousandNodesInReverseOrderIsReadAndListed) {
    constexpr int kNodes = 100'000;
    ModelBuilder model;
    model.input("v0", {4});
    for (int i = kNodes; i-- > 0;)
        model.node("Identity", {"v" + std::to_string(i)}, {"v" + std::to_string(i + 1)});
    model.output("v" + std::to_string(kNodes));
    const Graph graph = read(model);
    ASSERT_EQ(graph.nodes.size(), size_t{kNodes});
    EXPECT_EQ(graph[graph.nodes[0].outputs[0]].name, "v1");
    const auto rows = coverage(graph);
    ASSERT_EQ(rows.size(), size_t{kNodes} + 1);
    std::vector<ValueId> activations;
    for (const auto& row : rows)
        activations.push_back(row.value);
    EXPECT_EQ(scaleGroups(graph, activations).size(), 1u);
}

TEST(BadModel, WithAHundredThousandReadersOfOneValueIsRead) {
    constexpr int kNodes = 100'000;
    ModelBuilder model;
    model.input("x", {4});
    auto& sum = model.node("Sum", {}, {"y"});
    for (int i = 0; i < kNodes; ++i) {
        model.node("Neg", {"x"}, {"v" + std::to_string(i)});
        sum.add_input("v" + std::to_string(i));
    }
    model.output("y");
    EXPECT_EQ(read(model).nodes.back().inputs.size(), size_t{kNodes});
}

/// Their tensors would all be called "same/then_branch/out".
TEST(BadModel, WithThousandsOfNodesOfOneNameKeepsTheirTensorsApart) {
    constexpr int kNodes = 20'000;
    ModelBuilder model;
    model.input("x", {3}).input("condition", {}, 9);
    for (int i = 0; i < kNodes; ++i) {
        auto& node = model.node("If", {"condition"}, {"v" + std::to_string(i)});
        node.set_name("same");
        setBody(node, "then_branch", innermost());
    }
    model.output("v0");
    const Graph graph = read(model);
    EXPECT_TRUE(graph.find("same/then_branch/out").isValid());
    EXPECT_TRUE(graph.find("same/then_branch/out'").isValid());
    EXPECT_TRUE(graph.find("same/then_branch/out'" + std::to_string(kNodes - 1)).isValid());
}

TEST(BadModel, WithNamesTwiceIsRefused) {
    ModelBuilder initializer = reluModel();
    initializer.floats("w", {1}, {1}).floats("w", {1}, {2});
    expectError([&] { read(initializer); }, {"initializer 'w'", "twice"});

    ModelBuilder input = reluModel();
    input.input("x", {-1, 3});
    expectError([&] { read(input); }, {"input 'x'", "twice"});

    ModelBuilder output = reluModel();
    output.node("Split", {"x"}, {"a", "a"});
    expectError([&] { read(output); }, {"Split node 'a'", "'a'", "twice"});

    ModelBuilder overInput = reluModel();
    overInput.node("Neg", {"y"}, {"x"});
    expectError([&] { read(overInput); }, {"Neg node 'x'", "'x'", "twice"});

    ModelBuilder overWeight = reluModel();
    overWeight.floats("w", {1}, {1});
    overWeight.node("Neg", {"x"}, {"w"});
    expectError([&] { read(overWeight); }, {"Neg node 'w'", "'w'", "twice"});
}

TEST(BadModel, WhoseBodyWritesItsInputOrItsWeightIsRefused) {
    for (const bool isInput : {true, false}) {
        ModelBuilder body;
        if (isInput)
            body.input("taken", {3});
        else
            body.floats("taken", {1}, {1});
        body.node("Neg", {"x"}, {"taken"});
        body.output("taken");
        ModelBuilder model;
        model.input("x", {3}).input("condition", {}, 9);
        setBody(model.node("If", {"condition"}, {"y"}), "then_branch", body.proto().graph());
        model.output("y");
        expectError([&] { read(model); }, {"Neg node", "taken", "twice"});
    }
}

TEST(BadModel, ThatReadsWhatNothingProducesIsRefused) {
    ModelBuilder outside = reluModel();
    outside.node("Add", {"y", "nowhere"}, {"z"});
    expectError([&] { read(outside); }, {"Add node 'z'", "'nowhere'", "nothing produces"});

    ModelBuilder inside;
    inside.input("x", {3}).input("condition", {}, 9);
    ModelBuilder body;
    body.node("Add", {"x", "nowhere"}, {"out"});
    body.output("out");
    setBody(inside.node("If", {"condition"}, {"y"}), "then_branch", body.proto().graph());
    inside.output("y");
    expectError([&] { read(inside); }, {"If node 'y'", "'nowhere'", "nothing produces"});

    ModelBuilder output = reluModel();
    output.output("none");
    expectError([&] { read(output); }, {"'none'", "no node"});
}

TEST(BadModel, WithACycleThroughABodyIsRefused) {
    ModelBuilder model;
    model.input("x", {3}).input("condition", {}, 9);
    ModelBuilder body;
    body.node("Neg", {"y"}, {"out"});
    body.output("out");
    setBody(model.node("If", {"condition"}, {"y"}), "then_branch", body.proto().graph());
    model.output("y");
    expectError([&] { read(model); }, {"If node 'y'", "cycle"});
}

TEST(BadModel, WhoseWeightsDoNotFitTheirShapeIsRefused) {
    const auto modelWith = [](const std::vector<int64_t>& dims, size_t bytes, int type = 1) {
        ModelBuilder model = reluModel();
        auto* tensor = model.proto().mutable_graph()->add_initializer();
        tensor->set_name("w");
        tensor->set_data_type(type);
        for (const int64_t extent : dims)
            tensor->add_dims(extent);
        tensor->set_raw_data(std::string(bytes, 'a'));
        return model;
    };
    expectError([&] { read(modelWith({-4}, 16)); }, {"'w'", "-4"});
    expectError([&] { read(modelWith({-2, -2}, 16)); }, {"'w'", "-2x-2"});
    expectError([&] { read(modelWith({1 << 30, 1 << 30}, 16)); }, {"'w'", "1073741824x1073741824"});
    expectError([&] { read(modelWith({INT64_MAX}, 16)); }, {"'w'"});
    expectError([&] { read(modelWith({INT64_MAX, INT64_MAX, 0}, 0)); }, {"'w'"});
    expectError([&] { read(modelWith({int64_t{1} << 62, 4}, 0)); }, {"'w'"});
    expectError([&] { read(modelWith({5}, 16)); }, {"'w'", "20 bytes", "16"});
    expectError([&] { read(modelWith({100}, 4000)); }, {"'w'", "400 bytes", "4000"});
    expectError([&] { read(modelWith({4}, 16, 8)); }, {"'w'", "string"});
    expectError([&] { read(modelWith({4}, 16, 0)); }, {"'w'", "element type"});
    expectError([&] { read(modelWith({4}, 16, 4711)); }, {"'w'", "4711"});
    expectError([&] { read(modelWith({4}, 16, -1)); }, {"'w'", "-1"});
    ModelBuilder fields = modelWith({3}, 0);
    auto* tensor = fields.proto().mutable_graph()->mutable_initializer(0);
    tensor->clear_raw_data();
    tensor->add_float_data(1);
    expectError([&] { read(fields); }, {"'w'", "needs 3 elements", "1"});
}

TEST(BadModel, WithATensorAttributeThatDoesNotFitNamesTheNode) {
    ModelBuilder model = reluModel();
    auto* attribute = model.node("Constant", {}, {"c"}).add_attribute();
    attribute->set_name("value");
    attribute->set_type(onnx::AttributeProto::TENSOR);
    attribute->mutable_t()->set_name("t");
    attribute->mutable_t()->set_data_type(1);
    attribute->mutable_t()->add_dims(1 << 30);
    attribute->mutable_t()->set_raw_data("1234");
    expectError([&] { read(model); }, {"Constant node 'c'", "4294967296 bytes", "4"});
}

TEST(BadModel, WhoseFunctionsRepeatLongNamesIsRefusedBeforeTheyFillTheMemory) {
    ModelBuilder model = reluModel();
    constexpr int kDepth = 17;
    for (int i = 0; i < kDepth; ++i) {  // each calls the next one twice
        auto* function = model.proto().add_functions();
        function->set_domain("local");
        function->set_name("f" + std::to_string(i));
        function->add_input("a");
        function->add_output("b");
        for (const char* domain : {"", "local"}) {
            auto* import = function->add_opset_import();
            import->set_domain(domain);
            import->set_version(17);
        }
        for (const auto& [from, to] : {std::pair{"a", "m"}, std::pair{"m", "b"}}) {
            auto* node = function->add_node();
            node->set_name(std::string(2000, 'n') + to);
            node->set_op_type(i + 1 < kDepth ? "f" + std::to_string(i + 1) : "Neg");
            node->set_domain(i + 1 < kDepth ? "local" : "");
            node->add_input(from);
            node->add_output(to);
        }
    }
    model.node("f0", {"x"}, {"z"}).set_domain("local");
    expectError([&] { read(model); }, {"functions make nodes of over", "MiB"});
}

}  // namespace
}  // namespace clipscope::graph
