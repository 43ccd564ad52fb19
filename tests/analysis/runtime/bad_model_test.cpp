// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/executor.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::runtime {
namespace {

using Inputs = std::map<std::string, Tensor>;

graph::Graph read(const ModelBuilder& model) {
    const TemporaryFolder folder;
    return graph::readOnnx(model.save(folder / "m.onnx"));
}

std::vector<Tensor> runModel(const ModelBuilder& model, const Inputs& inputs,
                             const CancellationToken& cancel = {}) {
    const graph::Graph graph = read(model);
    CpuDevice device;
    return Executor(graph, device, cancel).run(inputs, nullptr, cancel);
}

Tensor zeros(const Shape& shape) {
    Tensor tensor(DType::Float32, shape);
    std::ranges::fill(tensor.mutableValues<float>(), 0.0f);
    return tensor;
}

void setBody(onnx::NodeProto& node, const std::string& name, const ModelBuilder& body) {
    auto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::GRAPH);
    ModelBuilder copy = body;
    *attribute->mutable_g() = copy.proto().graph();
}

/// One node on two inputs of these shapes, each declared dynamic: found only when it runs.
void expectMismatch(const std::string& type, const Shape& a, const Shape& b) {
    SCOPED_TRACE(type);
    ModelBuilder model;
    model.input("a", std::vector<int64_t>(a.rank(), -1));
    model.input("b", std::vector<int64_t>(b.rank(), -1));
    auto& node = model.node(type, {"a", "b"}, {"y"});
    if (type == "Concat")
        ModelBuilder::setInt(node, "axis", 0);
    model.output("y");
    expectError(
        [&] {
            runModel(model, {{"a", zeros(a)}, {"b", zeros(b)}});
        },
        {type + " node 'y'", a.toString(), b.toString()});
}

TEST(BadModelAtRunTime, ShapesThatDoNotFitAreNamedWithTheNode) {
    for (const char* type : {"Add", "Mul", "Pow", "Less", "Max", "PRelu"})
        expectMismatch(type, {2, 3}, {2, 4});
    expectMismatch("MatMul", {2, 3}, {4, 5});
    expectMismatch("Gemm", {2, 3}, {4, 5});
    expectMismatch("Concat", {2, 3}, {2, 4});
    expectMismatch("Conv", {1, 3, 8, 8}, {4, 2, 3, 3});
    expectMismatch("ConvTranspose", {1, 3, 8, 8}, {4, 2, 3, 3});
    expectMismatch("LayerNormalization", {2, 5}, {4});
}

TEST(BadModelAtRunTime, ValuesBeyondFloat32AreRefusedWhereItIsAllThereIs) {
    constexpr int kDouble = 11;
    ModelBuilder model;
    auto* import = model.proto().add_opset_import();
    import->set_domain("com.microsoft");
    import->set_version(1);
    model.input("x", {4}, kDouble);
    model.node("Gelu", {"x"}, {"y"}).set_domain("com.microsoft");
    model.output("y");
    const auto run = [&](double largest) {
        const std::vector<double> values{1, 2, 3, largest};
        return runModel(model, {{"x", Tensor::of<double>({4}, values)}});
    };
    EXPECT_EQ(run(4)[0].type(), DType::Float64);
    expectError([&] { run(1e39); }, {"Gelu node 'y'", "float32", "1e+39"});
}

TEST(BadModelAtRunTime, AnUnknownDomainIsNamed) {
    ModelBuilder model;
    model.input("x", {4});
    model.node("Magic", {"x"}, {"y"}).set_domain("com.example");
    model.output("y");
    expectError([&] { runModel(model, {}); },
                {"Magic node 'y'", "com.example.Magic", "imports no opset", "'com.example'"});
}

TEST(BadModelAtRunTime, ManyUnknownOperatorsAreNotAllListed) {
    ModelBuilder model;
    model.input("x", {4});
    for (int i = 0; i < 50'000; ++i)
        model.node("Magic" + std::to_string(i), {"x"}, {"y" + std::to_string(i)});
    model.output("y0");
    try {
        runModel(model, {});
        FAIL() << "it ran";
    } catch (const Error& error) {
        const std::string message = error.what();
        EXPECT_NE(message.find("Magic20 and 49979 others"), std::string::npos) << message;
        EXPECT_LT(message.size(), 1000u);
    }
}

/// Not as the executor rearranges and widens them for the operator.
TEST(BadModelAtRunTime, OperandsAreToldAsTheModelHasThem) {
    constexpr int kFloat16 = 10;
    ModelBuilder model;
    model.input("x", {2, 3}, kFloat16);
    model.input("z", {4, 3}, kFloat16);
    model.node("Gemm", {"x", "z"}, {"y"});
    model.output("y");
    const auto zerosOf = [](const Shape& shape) { return Tensor(DType::Float16, shape); };
    expectError(
        [&] {
            runModel(model, {{"x", zerosOf({2, 3})}, {"z", zerosOf({4, 3})}});
        },
        {"Gemm node 'y'", "(inputs: float16 2x3, float16 4x3)"});
}

TEST(BadModelAtRunTime, AttributesOfTheWrongTypeAreNamedWithTheNode) {
    ModelBuilder model;
    model.input("x", {2, 2});
    auto* attribute = model.node("Softmax", {"x"}, {"y"}).add_attribute();
    attribute->set_name("axis");
    attribute->set_type(onnx::AttributeProto::STRING);
    attribute->set_s("one");
    model.output("y");
    expectError(
        [&] {
            runModel(model, {{"x", zeros({2, 2})}});
        },
        {"Softmax node 'y'", "'axis'", "not an integer"});
}

TEST(BadModelAtRunTime, NodesWithoutTheirInputsAndWithTooManyOutputsAreNamed) {
    ModelBuilder missing;
    missing.input("x", {2});
    missing.node("Add", {"x"}, {"y"});
    missing.output("y");
    expectError([&] { runModel(missing, {{"x", zeros({2})}}); }, {"Add node 'y'", "input 1"});

    ModelBuilder many;
    many.input("x", {2});
    many.node("Neg", {"x"}, {"y", "z"});
    many.output("z");
    expectError([&] { runModel(many, {{"x", zeros({2})}}); }, {"Neg node 'y'", "output 1"});
}

TEST(BadModelAtRunTime, AHundredThousandNodesRunInOrder) {
    constexpr int kNodes = 100'000;
    ModelBuilder model;
    model.input("v0", {1});
    for (int i = kNodes; i-- > 0;)
        model.node("Neg", {"v" + std::to_string(i)}, {"v" + std::to_string(i + 1)});
    model.output("v" + std::to_string(kNodes));
    const Tensor one = Tensor::of<float>({1}, std::vector<float>{1});
    EXPECT_EQ(runModel(model, {{"v0", one}})[0].values<float>()[0], 1.0f);
}

TEST(BadModelAtRunTime, AHundredThousandConstantNodesAreFolded) {
    constexpr int kNodes = 100'000;
    ModelBuilder model;
    model.input("x", {1}).floats("c0", {1}, {1});
    for (int i = 0; i < kNodes; ++i)
        model.node("Neg", {"c" + std::to_string(i)}, {"c" + std::to_string(i + 1)});
    model.node("Add", {"x", "c" + std::to_string(kNodes)}, {"y"});
    model.output("y");
    EXPECT_EQ(runModel(model, {{"x", zeros({1})}})[0].values<float>()[0], 1.0f);
}

/// As many Ifs in each other as the reader admits; the innermost one negates.
TEST(BadModelAtRunTime, DeeplyNestedBodiesRun) {
    ModelBuilder inner;
    inner.node("Neg", {"x"}, {"out"});
    inner.output("out");
    for (int i = 0; i < 90; ++i) {
        ModelBuilder around;
        auto& node = around.node("If", {"condition"}, {"out"});
        setBody(node, "then_branch", inner);
        around.output("out");
        inner = around;
    }
    inner.input("x", {1}).input("condition", {}, 9);
    const Tensor one = Tensor::of<float>({1}, std::vector<float>{1});
    const auto outputs = runModel(inner, {{"x", one}, {"condition", Tensor::scalar(true)}});
    EXPECT_EQ(outputs[0].values<float>()[0], -1.0f);
}

/// Loop of `trips` (none: without end) that carries `sum` and gives `part` to a stack.
ModelBuilder loopModel(std::optional<int64_t> trips, bool isConstant, const std::string& part) {
    ModelBuilder model;
    model.input("x", {4}).floats("weight", {4}, {1, 2, 3, 4});
    if (trips)
        model.ints("trips", {}, {*trips});
    auto& node = model.node("Loop", {trips ? "trips" : "", "", isConstant ? "weight" : "x"},
                            {"total", "stack"});
    ModelBuilder body;
    body.input("i", {}, 7).input("go", {}, 9).input("sum", {4});
    body.node("Identity", {"go"}, {"goes_on"});
    body.node("Abs", {"sum"}, {"next"});
    body.output("goes_on").output("next");
    if (!part.empty())
        body.output(part);
    else
        node.mutable_output()->RemoveLast();
    setBody(node, "body", body);
    model.output("total");
    return model;
}

/// Cancels after a moment; the run must notice.
void expectCancellable(const ModelBuilder& model) {
    const CancellationToken cancel;
    std::thread later([cancel] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        cancel.cancel();
    });
    EXPECT_THROW(runModel(model, {{"x", zeros({4})}}, cancel), Cancelled);
    later.join();
}

TEST(BadModelAtRunTime, EndlessLoopsCanBeCancelled) {
    expectCancellable(loopModel(std::nullopt, false, ""));
    expectCancellable(loopModel(int64_t{1} << 62, false, ""));
    expectCancellable(loopModel(INT64_MAX, false, ""));
}

TEST(BadModelAtRunTime, EndlessConstantLoopsCanBeCancelledWhileTheyAreFolded) {
    expectCancellable(loopModel(std::nullopt, true, ""));
}

TEST(BadModelAtRunTime, LoopsThatStackWithoutEndAreStoppedByTheMemoryLimit) {
    ::setenv("CLIPSCOPE_MEMORY_GIB", "0.01", 1);
    for (const char* part : {"next", "sum", "weight", "i"})
        expectError(
            [&] {
                runModel(loopModel(std::nullopt, false, part), {{"x", zeros({4})}});
            },
            {"Loop node 'total'", "over the limit of 10 MiB"});
    ::unsetenv("CLIPSCOPE_MEMORY_GIB");
}

TEST(BadModelAtRunTime, ALoopOfNegativeTripsDoesNotRun) {
    const auto outputs = runModel(loopModel(-5, false, ""), {{"x", zeros({4})}});
    EXPECT_EQ(outputs[0].shape(), Shape{4});
}

}  // namespace
}  // namespace clipscope::runtime
