// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "analysis/graph/onnx_reader.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::graph {
namespace {

Graph read(const ModelBuilder& model) {
    const TemporaryFolder folder;
    return readOnnx(model.save(folder / "m.onnx"));
}

onnx::FunctionProto& addFunction(ModelBuilder& model, const std::string& name) {
    auto* function = model.proto().add_functions();
    function->set_domain("local");
    function->set_name(name);
    function->add_input("a");
    function->add_output("b");
    for (const auto& [domain, version] : {std::pair{"", 17}, std::pair{"local", 1}}) {
        auto* import = function->add_opset_import();
        import->set_domain(domain);
        import->set_version(version);
    }
    return *function;
}

onnx::NodeProto& addNode(onnx::FunctionProto& function, const std::string& type,
                         const std::string& input, const std::string& output) {
    auto* node = function.add_node();
    node->set_op_type(type);
    node->add_input(input);
    node->add_output(output);
    return *node;
}

/// b = LeakyRelu(Neg(a)) with the attribute `slope`, 0.25 where a call does not say.
ModelBuilder modelWithFunction() {
    ModelBuilder model;
    auto& function = addFunction(model, "Bend");
    addNode(function, "Neg", "a", "negated");
    auto* reference = addNode(function, "LeakyRelu", "negated", "b").add_attribute();
    reference->set_name("alpha");
    reference->set_type(onnx::AttributeProto::FLOAT);
    reference->set_ref_attr_name("slope");
    auto* slope = function.add_attribute_proto();
    slope->set_name("slope");
    slope->set_type(onnx::AttributeProto::FLOAT);
    slope->set_f(0.25f);
    model.input("x", {4});
    model.node("Bend", {"x"}, {"y"}).set_domain("local");
    model.output("y");
    return model;
}

TEST(Functions, AreInlinedWithTheirDefaults) {
    const Graph graph = read(modelWithFunction());
    ASSERT_EQ(graph.nodes.size(), 2u);
    EXPECT_EQ(graph.nodes[0].type, "Neg");
    EXPECT_EQ(graph.nodes[0].opset, 17);
    EXPECT_EQ(graph[graph.nodes[0].outputs[0]].name, "y/negated");
    EXPECT_EQ(graph[graph.nodes[1].outputs[0]].name, "y");
    EXPECT_EQ(graph.nodes[1].attributes.getFloat("alpha", 0), 0.25f);
}

TEST(Functions, TakeTheAttributesOfTheCall) {
    ModelBuilder model = modelWithFunction();
    auto* given = model.proto().mutable_graph()->mutable_node(0)->add_attribute();
    given->set_name("slope");
    given->set_type(onnx::AttributeProto::FLOAT);
    given->set_f(0.5f);
    EXPECT_EQ(read(model).nodes[1].attributes.getFloat("alpha", 0), 0.5f);
}

TEST(Functions, TwoCallsDoNotShareValues) {
    ModelBuilder model = modelWithFunction();
    model.node("Bend", {"y"}, {"z"}).set_domain("local");
    const Graph graph = read(model);
    ASSERT_EQ(graph.nodes.size(), 4u);
    EXPECT_EQ(graph[graph.nodes[2].inputs[0]].name, "y");
    EXPECT_EQ(graph[graph.nodes[2].outputs[0]].name, "z/negated");
}

TEST(Functions, ThatCallThemselvesAreRefused) {
    ModelBuilder model = modelWithFunction();
    addNode(*model.proto().mutable_functions(0), "Bend", "a", "c").set_domain("local");
    expectError([&] { read(model); }, {"deeper than 100"});
}

TEST(Functions, ThatWouldMakeMillionsOfNodesAreRefused) {
    ModelBuilder model = modelWithFunction();
    for (int i = 0; i < 40; ++i) {  // each calls the next one twice
        auto& function = addFunction(model, "Double" + std::to_string(i));
        const std::string next = i == 39 ? "Bend" : "Double" + std::to_string(i + 1);
        addNode(function, next, "a", "once").set_domain("local");
        addNode(function, next, "once", "b").set_domain("local");
    }
    model.node("Double0", {"x"}, {"z"}).set_domain("local");
    expectError([&] { read(model); }, {"functions make over 200000 nodes"});
}

}  // namespace
}  // namespace clipscope::graph
