// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/onnx_reader.h"

#include <cstring>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::graph {
namespace {

void write(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

TEST(OnnxReader, ReadsTheLeNetExample) {
    const Graph graph = readOnnx(CLIPSCOPE_EXAMPLES "/lenet.onnx");
    ASSERT_EQ(graph.inputs.size(), 1u);
    EXPECT_EQ(graph[graph.inputs[0]].name, "data");
    EXPECT_EQ(graph[graph.inputs[0]].shape, (DeclaredShape{-1, 1, 28, 28}));
    std::vector<std::string> types;
    for (const Node& node : graph.nodes)
        types.push_back(node.type);
    EXPECT_EQ(types, (std::vector<std::string>{"Conv", "MaxPool", "Conv", "MaxPool", "Flatten",
                                               "Gemm", "Relu", "Gemm", "Softmax"}));
    const Value& weight = graph[graph.find("conv1.weight")];
    EXPECT_EQ(weight.initializer.shape(), (Shape{20, 1, 5, 5}));
    EXPECT_EQ(graph[graph.find("prob")].type, DType::Float32);
}

TEST(OnnxReader, WeightsSurviveBeingTakenOutOfTheMessage) {
    const TemporaryFolder folder;
    std::vector<float> values(100);
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = 0.25f * static_cast<float>(i) - 3;
    ModelBuilder model;
    model.input("x", {-1, 100}).floats("w", {100}, values).floats("small", {2}, {1.5f, -2.5f});
    model.node("Add", {"x", "w"}, {"y"});
    model.output("y");
    const Graph graph = readOnnx(model.save(folder / "m.onnx"));
    const auto read = graph[graph.find("w")].initializer.values<float>();
    EXPECT_TRUE(std::equal(read.begin(), read.end(), values.begin(), values.end()));
    EXPECT_EQ(graph[graph.find("small")].initializer.values<float>()[1], -2.5f);
}

TEST(OnnxReader, SortsNodesThatStandInTheWrongOrder) {
    const TemporaryFolder folder;
    ModelBuilder model;
    model.input("x", {1});
    model.node("Relu", {"a"}, {"y"});
    model.node("Neg", {"x"}, {"a"});
    model.output("y");
    const Graph graph = readOnnx(model.save(folder / "m.onnx"));
    EXPECT_EQ(graph.nodes[0].type, "Neg");
    EXPECT_EQ(graph[graph.find("a")].producer, NodeId(0));
    EXPECT_EQ(graph[graph.find("a")].consumers, std::vector<NodeId>{NodeId(1)});
}

TEST(OnnxReader, RefusesWhatIsNoModel) {
    const TemporaryFolder folder;
    write(folder / "empty.onnx", "");
    expectError([&] { readOnnx(folder / "empty.onnx"); }, {"empty.onnx", "is empty"});
    write(folder / "text.onnx", "this is a text file and no model at all\n");
    expectError([&] { readOnnx(folder / "text.onnx"); }, {"text.onnx", "byte"});
    write(folder / "lfs.onnx", "version https://git-lfs and so on");
    expectError([&] { readOnnx(folder / "lfs.onnx"); }, {"lfs.onnx", "git lfs pull"});
    expectError([&] { readOnnx(folder / "none.onnx"); }, {"none.onnx", "No such file"});
    expectError([&] { readOnnx(folder.path()); }, {"Is a directory"});
}

TEST(OnnxReader, NoTruncationIsTakenForAModel) {
    const TemporaryFolder folder;
    const std::string bytes = reluModel().bytes();
    for (size_t size = 0; size < bytes.size(); ++size) {
        write(folder / "cut.onnx", std::string_view(bytes).substr(0, size));
        EXPECT_THROW(readOnnx(folder / "cut.onnx"), Error) << size << " bytes";
    }
}

TEST(OnnxReader, DamagedBytesNeverCrash) {
    const TemporaryFolder folder;
    const std::string bytes = reluModel().bytes();
    for (size_t at = 0; at < bytes.size(); ++at)
        for (const int flip : {0x01, 0x80, 0xff}) {
            std::string damaged = bytes;
            damaged[at] = static_cast<char>(damaged[at] ^ flip);
            write(folder / "bad.onnx", damaged);
            try {
                readOnnx(folder / "bad.onnx");
            } catch (const Error&) {
            }
        }
}

TEST(OnnxReader, NamesACycleAMissingValueAndADoubleOne) {
    const TemporaryFolder folder;
    ModelBuilder cycle;
    cycle.input("x", {1});
    cycle.node("Add", {"x", "b"}, {"a"});
    cycle.node("Relu", {"a"}, {"b"});
    cycle.output("b");
    expectError([&] { readOnnx(cycle.save(folder / "c.onnx")); }, {"c.onnx", "'a'", "cycle"});

    ModelBuilder missing;
    missing.input("x", {1});
    missing.node("Add", {"x", "weight"}, {"y"});
    missing.output("y");
    expectError([&] { readOnnx(missing.save(folder / "m.onnx")); }, {"Add node 'y'", "'weight'"});

    ModelBuilder twice = reluModel();
    twice.node("Neg", {"x"}, {"y"});
    expectError([&] { readOnnx(twice.save(folder / "t.onnx")); }, {"'y'", "twice"});
}

TEST(OnnxReader, ChecksTheSizeOfWeights) {
    const TemporaryFolder folder;
    ModelBuilder model = reluModel();
    model.floats("w", {5}, {1, 2, 3});
    expectError([&] { readOnnx(model.save(folder / "m.onnx")); }, {"'w'", "20 bytes", "12"});
    ModelBuilder huge = reluModel();
    huge.floats("w", {int64_t{1} << 40, int64_t{1} << 40}, {1});
    expectError([&] { readOnnx(huge.save(folder / "h.onnx")); }, {"'w'"});
}

TEST(OnnxReader, ExternalDataStaysInsideTheFolder) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "model");
    const std::vector<float> values{1, 2, 3, 4};
    std::string bytes(16, '\0');
    std::memcpy(bytes.data(), values.data(), 16);
    write(folder / "model" / "weights.bin", "pad!" + bytes);
    write(folder / "outside.bin", "pad!" + bytes);
    auto modelWith = [&](const std::string& location) {
        ModelBuilder model = reluModel();
        auto* tensor = model.proto().mutable_graph()->add_initializer();
        tensor->set_name("w");
        tensor->set_data_type(1);
        tensor->add_dims(4);
        tensor->set_data_location(onnx::TensorProto::EXTERNAL);
        for (const auto& [key, value] : {std::pair<const char*, std::string>{"location", location},
                                         {"offset", "4"},
                                         {"length", "16"}}) {
            auto* entry = tensor->add_external_data();
            entry->set_key(key);
            entry->set_value(value);
        }
        return model.save(folder / "model" / "m.onnx");
    };
    const Graph graph = readOnnx(modelWith("weights.bin"));
    EXPECT_EQ(graph[graph.find("w")].initializer.values<float>()[3], 4.0f);
    for (const std::string& location :
         {std::string("../outside.bin"), (folder / "outside.bin").string()})
        expectError([&] { readOnnx(modelWith(location)); }, {"'w'", "outside the model's folder"});
    expectError([&] { readOnnx(modelWith("none.bin")); }, {"none.bin"});
}

}  // namespace
}  // namespace clipscope::graph
