// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gtest/gtest.h>

#include "analysis/graph/coverage.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/executor.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::runtime {
namespace {

graph::Graph read(const ModelBuilder& model) {
    const TemporaryFolder folder;
    return graph::readOnnx(model.save(folder / "m.onnx"));
}

void setBody(onnx::NodeProto& node, const std::string& name, ModelBuilder body) {
    auto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::GRAPH);
    *attribute->mutable_g() = body.proto().graph();
}

Tensor vectorOf(const std::vector<float>& values) {
    return Tensor::of<float>({std::ssize(values)}, std::span<const float>(values));
}

std::vector<float> floats(const Tensor& tensor) {
    const auto values = tensor.values<float>();
    return {values.begin(), values.end()};
}

/// The name of every value seen and its elements, in order.
class Recorder final : public Observer {
public:
    explicit Recorder(const graph::Graph& graph) : m_graph(graph) {}
    bool wants(graph::ValueId) const override { return true; }
    void observe(graph::ValueId value, const Tensor& tensor) override {
        if (tensor.type() == DType::Float32)
            m_seen.emplace_back(m_graph[value].name, floats(tensor));
    }
    const graph::Graph& m_graph;
    std::vector<std::pair<std::string, std::vector<float>>> m_seen;
};

/// y = x + 10 where the first element of x is positive, else -x.
ModelBuilder ifModel() {
    ModelBuilder model;
    model.input("x", {-1});
    model.ints("first", {1}, {0}).floats("zero", {1}, {0});
    model.node("Gather", {"x", "first"}, {"head"});
    model.node("Greater", {"head", "zero"}, {"positive"});
    auto& node = model.node("If", {"positive"}, {"y"});
    ModelBuilder yes;
    yes.floats("ten", {1}, {10});
    yes.node("Add", {"x", "ten"}, {"result"});
    yes.output("result");
    ModelBuilder no;
    no.node("Neg", {"x"}, {"result"});
    no.output("result");
    setBody(node, "then_branch", yes);
    setBody(node, "else_branch", no);
    model.output("y");
    return model;
}

/// `count` times: sum += x. Outputs the last sum and all of them.
ModelBuilder loopModel() {
    ModelBuilder model;
    model.input("x", {2}).input("count", {}, 7).floats("start", {2}, {0, 0});
    auto& node = model.node("Loop", {"count", "", "start"}, {"total", "history"});
    ModelBuilder body;
    body.input("i", {}, 7).input("go", {}, 9).input("sum", {2});
    body.node("Add", {"sum", "x"}, {"next"});
    body.node("Identity", {"go"}, {"go_on"});
    body.node("Identity", {"next"}, {"shown"});
    body.output("go_on").output("next").output("shown");
    setBody(node, "body", body);
    model.output("total").output("history");
    return model;
}

TEST(ControlFlow, IfRunsTheBranchThatItsConditionNames) {
    const graph::Graph graph = read(ifModel());
    CpuDevice device;
    Executor executor(graph, device);
    EXPECT_EQ(floats(executor.run({{"x", vectorOf({1, -2})}})[0]), (std::vector<float>{11, 8}));
    EXPECT_EQ(floats(executor.run({{"x", vectorOf({-1, 2})}})[0]), (std::vector<float>{1, -2}));
}

TEST(ControlFlow, LoopCarriesItsStatesAndStacksTheRest) {
    const graph::Graph graph = read(loopModel());
    CpuDevice device;
    Executor executor(graph, device);
    const Tensor x = vectorOf({1, 2});
    const auto outputs = executor.run({{"x", x}, {"count", Tensor::scalar<int64_t>(3)}});
    EXPECT_EQ(floats(outputs[0]), (std::vector<float>{3, 6}));
    EXPECT_EQ(outputs[1].shape(), (Shape{3, 2}));
    EXPECT_EQ(floats(outputs[1]), (std::vector<float>{1, 2, 2, 4, 3, 6}));
    const auto none = executor.run({{"x", x}, {"count", Tensor::scalar<int64_t>(0)}});
    EXPECT_EQ(floats(none[0]), (std::vector<float>{0, 0}));
    EXPECT_EQ(none[1].elementCount(), 0);
}

TEST(ControlFlow, ValuesOfABodyAreSeenInEveryIterationUnderOneName) {
    const graph::Graph graph = read(loopModel());
    CpuDevice device;
    Executor executor(graph, device);
    Recorder recorder(graph);
    executor.run({{"x", vectorOf({1, 2})}, {"count", Tensor::scalar<int64_t>(2)}}, &recorder);
    std::vector<std::vector<float>> next;
    for (const auto& [name, values] : recorder.m_seen)
        if (name == "total/body/next")
            next.push_back(values);
    EXPECT_EQ(next, (std::vector<std::vector<float>>{{1, 2}, {2, 4}}));
}

TEST(ControlFlow, ValuesOfABodyGetAScale) {
    const graph::Graph graph = read(ifModel());
    std::vector<std::string> activations;
    for (const auto& row : graph::coverage(graph))
        if (row.kind == graph::CoverageClass::Activation)
            activations.push_back(row.name);
    EXPECT_EQ(activations, (std::vector<std::string>{"x", "head", "y/then_branch/result",
                                                     "y/else_branch/result", "y"}));
}

TEST(ControlFlow, AnUnknownOperatorInsideABodyIsNamed) {
    ModelBuilder model = ifModel();
    auto* branch = model.proto().mutable_graph()->mutable_node(2)->mutable_attribute(1);
    branch->mutable_g()->mutable_node(0)->set_op_type("Nonsense");
    const graph::Graph graph = read(model);
    CpuDevice device;
    expectError([&] { Executor(graph, device); }, {"Nonsense", "y/else_branch/result"});
}

TEST(ControlFlow, ABodyThatReadsWhatNothingProducesIsRefused) {
    ModelBuilder model = ifModel();
    auto* branch = model.proto().mutable_graph()->mutable_node(2)->mutable_attribute(1);
    branch->mutable_g()->mutable_node(0)->set_input(0, "nowhere");
    expectError([&] { read(model); }, {"'y'", "'nowhere'", "nothing produces"});
}

TEST(ControlFlow, ABodyMayReadWhatStandsBehindItsNode) {
    ModelBuilder model = ifModel();
    // The branch now reads a value of a node that the file lists last.
    model.node("Exp", {"x"}, {"late"});
    auto* branch = model.proto().mutable_graph()->mutable_node(2)->mutable_attribute(1);
    branch->mutable_g()->mutable_node(0)->set_input(0, "late");
    const graph::Graph graph = read(model);
    CpuDevice device;
    Executor executor(graph, device);
    EXPECT_EQ(floats(executor.run({{"x", vectorOf({0})}})[0]), (std::vector<float>{-1}));
}

}  // namespace
}  // namespace clipscope::runtime
