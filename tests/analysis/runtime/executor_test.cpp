// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/executor.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::runtime {
namespace {

graph::Graph read(const ModelBuilder& model) {
    const TemporaryFolder folder;
    return graph::readOnnx(model.save(folder / "m.onnx"));
}

/// Counts the bytes of the tensors that are alive.
class CountingDevice final : public CpuDevice {
public:
    Tensor allocate(DType type, const Shape& shape) override {
        const Tensor tensor = CpuDevice::allocate(type, shape);
        Buffer buffer = tensor.buffer();
        m_live += buffer.size;
        m_peak = std::max(m_peak, m_live);
        ++m_allocations;
        buffer.owner = std::shared_ptr<const void>(
            buffer.data,
            [this, owner = buffer.owner, size = buffer.size](const void*) { m_live -= size; });
        return Tensor(type, shape, buffer);
    }
    size_t m_live = 0;
    size_t m_peak = 0;
    size_t m_allocations = 0;
};

class Recorder final : public Observer {
public:
    explicit Recorder(const graph::Graph& graph) : m_graph(graph) {}
    bool wants(graph::ValueId) const override { return true; }
    void observe(graph::ValueId value, const Tensor&) override {
        m_names.push_back(m_graph[value].name);
    }
    const graph::Graph& m_graph;
    std::vector<std::string> m_names;
};

Tensor sample() {
    return Tensor::of<float>({1, 4}, std::vector<float>{-1, 2, -3, 4});
}

ModelBuilder chain(int length, const char* type = "Neg") {
    ModelBuilder model;
    model.input("v0", {-1, 4});
    for (int i = 0; i < length; ++i)
        model.node(type, {"v" + std::to_string(i)}, {"v" + std::to_string(i + 1)});
    model.output("v" + std::to_string(length));
    return model;
}

TEST(Executor, FreesAValueAfterItsLastReader) {
    const graph::Graph graph = read(chain(10, "Softmax"));
    CountingDevice device;
    Executor executor(graph, device);
    for (int run = 0; run < 5; ++run)
        executor.run({{"v0", sample()}});
    EXPECT_EQ(device.m_live, 0u);
    EXPECT_EQ(device.m_allocations, 50u);
    EXPECT_EQ(device.m_peak, 2 * 4 * sizeof(float));
}

TEST(Executor, WritesOverAnOperandThatNobodyElseNeeds) {
    const graph::Graph graph = read(chain(10));
    CountingDevice device;
    Executor executor(graph, device);
    const Tensor input = sample();
    EXPECT_EQ(executor.run({{"v0", input}})[0].values<float>()[1], 2.0f);
    EXPECT_EQ(input.values<float>()[1], 2.0f);
    EXPECT_EQ(device.m_allocations, 1u);

    // Operands that others read, that are outputs, twice the same one, or a view of another.
    ModelBuilder model;
    model.input("x", {-1, 4});
    model.node("Neg", {"x"}, {"a"});
    model.node("Abs", {"a"}, {"b"});
    model.node("Mul", {"b", "b"}, {"c"});
    model.node("Identity", {"c"}, {"d"});
    model.node("Neg", {"c"}, {"e"});
    for (const char* name : {"a", "d", "e"})
        model.output(name);
    const graph::Graph shared = read(model);
    Executor other(shared, device);
    const std::vector<Tensor> outputs = other.run({{"x", input}});
    EXPECT_EQ(outputs[0].values<float>()[2], 3.0f);
    EXPECT_EQ(outputs[1].values<float>()[2], 9.0f);
    EXPECT_EQ(outputs[2].values<float>()[2], -9.0f);
}

/// Keeps what it is shown, by name.
class Keeper final : public Observer {
public:
    explicit Keeper(const graph::Graph& graph) : m_graph(graph) {}
    bool wants(graph::ValueId) const override { return true; }
    bool takesAnyLayout() const override { return true; }
    void observe(graph::ValueId value, const Tensor& tensor) override {
        const std::span<const float> values = tensor.values<float>();
        m_shown[m_graph[value].name] = {values.begin(), values.end()};
    }
    void observeAndClamp(graph::ValueId value, Tensor& tensor,
                         const histogram::Clamp& clamp) override {
        ++m_clamped;
        Observer::observeAndClamp(value, tensor, clamp);
    }
    const graph::Graph& m_graph;
    int m_clamped = 0;
    std::map<std::string, std::vector<float>> m_shown;
};

TEST(Executor, ShowsWhatRectifiersReadBeforeTheyWriteOverIt) {
    ModelBuilder model;
    model.input("x", {-1, 4}).floats("lo", {}, {-2.5}).floats("hi", {}, {3});
    model.node("Neg", {"x"}, {"a"});
    model.node("Relu", {"a"}, {"b"});  // over a
    model.node("Neg", {"b"}, {"c"});
    model.node("Clip", {"c", "lo", "hi"}, {"d"});  // over c
    model.node("Neg", {"d"}, {"e"});
    model.node("Relu", {"e"}, {"f"});  // not over e, an output
    model.node("Neg", {"f"}, {"g"});
    model.node("Relu", {"g"}, {"h"});  // not over g, which is read again
    model.node("Add", {"h", "g"}, {"i"});
    for (const char* name : {"e", "i"})
        model.output(name);
    const graph::Graph graph = read(model);
    CpuDevice device;
    Executor executor(graph, device);
    const std::vector<Tensor> plain = executor.run({{"x", sample()}});
    Keeper keeper(graph);
    const std::vector<Tensor> outputs = executor.run({{"x", sample()}}, &keeper);
    EXPECT_EQ(keeper.m_clamped, 2);
    using Values = std::vector<float>;
    EXPECT_EQ(keeper.m_shown["a"], (Values{1, -2, 3, -4}));
    EXPECT_EQ(keeper.m_shown["b"], (Values{1, 0, 3, 0}));
    EXPECT_EQ(keeper.m_shown["c"], (Values{-1, 0, -3, 0}));
    EXPECT_EQ(keeper.m_shown["d"], (Values{-1, 0, -2.5, 0}));
    EXPECT_EQ(keeper.m_shown["e"], (Values{1, 0, 2.5, 0}));
    EXPECT_EQ(keeper.m_shown["g"], (Values{-1, 0, -2.5, 0}));
    EXPECT_EQ(keeper.m_shown["h"], (Values{0, 0, 0, 0}));
    for (size_t i = 0; i < outputs.size(); ++i)
        EXPECT_TRUE(std::ranges::equal(outputs[i].values<float>(), plain[i].values<float>()));
}

TEST(Executor, FoldsConstantsOnce) {
    ModelBuilder model;
    model.input("x", {-1, 4}).floats("w", {4}, {1, 2, 3, 4});
    model.node("Neg", {"w"}, {"negated"});
    model.node("Abs", {"negated"}, {"positive"});
    model.node("Mul", {"x", "positive"}, {"y"});
    model.output("y");
    const graph::Graph graph = read(model);
    CountingDevice device;
    Executor executor(graph, device);
    EXPECT_EQ(executor.constant(graph.find("positive")).values<float>()[3], 4.0f);
    EXPECT_FALSE(executor.constant(graph.find("y")).isDefined());
    const size_t before = device.m_allocations;
    Recorder recorder(graph);
    EXPECT_EQ(executor.run({{"x", sample()}}, &recorder)[0].values<float>()[2], -9.0f);
    EXPECT_EQ(device.m_allocations, before + 1);
    EXPECT_EQ(recorder.m_names, (std::vector<std::string>{"x", "y"}));
}

TEST(Executor, OutputsMayBeInputsConstantsAndReadByOthers) {
    ModelBuilder model;
    model.input("x", {-1, 4}).floats("w", {2}, {5, 6});
    model.node("Neg", {"x"}, {"a"});
    model.node("Neg", {"a"}, {"b"});
    model.output("a").output("x").output("w").output("b");
    const graph::Graph graph = read(model);
    CpuDevice device;
    Executor executor(graph, device);
    const std::vector<Tensor> outputs = executor.run({{"x", sample()}});
    EXPECT_EQ(outputs[0].values<float>()[0], 1.0f);
    EXPECT_EQ(outputs[1].values<float>()[0], -1.0f);
    EXPECT_EQ(outputs[2].values<float>()[1], 6.0f);
    EXPECT_EQ(outputs[3].values<float>()[0], -1.0f);
}

TEST(Executor, ChecksWhatItIsFed) {
    const graph::Graph graph = read(chain(1));
    CpuDevice device;
    Executor executor(graph, device);
    expectError([&] { executor.run({}); }, {"'v0'", "--data"});
    expectError(
        [&] {
            executor.run({{"v0", Tensor(DType::Float32, {1, 5})}});
        },
        {"'v0'", "float32 1x5", "float32 ?x4"});
    expectError(
        [&] {
            executor.run({{"v0", Tensor(DType::Int64, {1, 4})}});
        },
        {"int64 1x4", "float32"});
}

TEST(Executor, StopsBetweenNodesWhenCancelled) {
    const graph::Graph graph = read(chain(3));
    CpuDevice device;
    Executor executor(graph, device);
    const CancellationToken cancel;
    cancel.cancel();
    EXPECT_THROW(executor.run({{"v0", sample()}}, nullptr, cancel), Cancelled);
}

TEST(Executor, AnErrorNamesTheNodeAndItsInputs) {
    ModelBuilder model;
    model.input("x", {-1, 4}).floats("w", {3}, {1, 2, 3});
    model.node("Add", {"x", "w"}, {"sum"});
    model.output("sum");
    const graph::Graph graph = read(model);
    CpuDevice device;
    Executor executor(graph, device);
    expectError(
        [&] {
            executor.run({{"x", sample()}});
        },
        {"Add node 'sum'", "float32 1x4", "float32 3"});
}

/// What a matrix product repacks is read where it lies; what others read is copied to be aligned.
TEST(Executor, WeightsOfProductsStayInTheFileAtAnyAlignment) {
    const TemporaryFolder folder;
    const std::vector<float> weights{1, 2, 3, 4, 5, 6, 7, 8};
    std::ofstream data(folder / "w.bin", std::ios::binary);
    data << "abc";
    data.write(reinterpret_cast<const char*>(weights.data()), 32);
    data.close();
    ModelBuilder model;
    model.input("x", {1, 4});
    for (const char* name : {"product", "sum"}) {
        auto* tensor = model.proto().mutable_graph()->add_initializer();
        tensor->set_name(name);
        tensor->set_data_type(1);
        tensor->add_dims(4);
        tensor->add_dims(2);
        tensor->set_data_location(onnx::TensorProto::EXTERNAL);
        for (const auto& [key, value] : {std::pair{"location", "w.bin"}, {"offset", "3"}}) {
            auto* entry = tensor->add_external_data();
            entry->set_key(key);
            entry->set_value(value);
        }
    }
    model.node("MatMul", {"x", "product"}, {"m"});
    model.node("Add", {"m", "sum"}, {"y"});
    model.output("y").output("m");
    const graph::Graph graph = graph::readOnnx(model.save(folder / "m.onnx"));
    CpuDevice device;
    Executor executor(graph, device);
    const auto alignment = [&](const char* name) {
        return reinterpret_cast<uintptr_t>(executor.constant(graph.find(name)).bytes()) % 4;
    };
    EXPECT_EQ(alignment("sum"), 0u);
    for (int run = 0; run < 2; ++run) {
        const std::vector<Tensor> outputs = executor.run({{"x", sample()}});
        // -1 (1, 2) + 2 (3, 4) - 3 (5, 6) + 4 (7, 8)
        EXPECT_EQ(outputs[1].values<float>()[0], 18.0f);
        EXPECT_EQ(outputs[1].values<float>()[1], 20.0f);
        EXPECT_EQ(outputs[0].values<float>()[7], 28.0f);
    }
    EXPECT_EQ(graph[graph.find("sum")].initializer.values<float>()[7], 8.0f);
    EXPECT_EQ(graph[graph.find("product")].initializer.values<float>()[7], 8.0f);
}

}  // namespace
}  // namespace clipscope::runtime
