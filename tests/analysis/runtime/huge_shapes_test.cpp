// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/executor.h"
#include "analysis/runtime/memory_limit.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::runtime {
namespace {

/// KiB that this process ever had in memory.
long peakResident() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/// Float inputs of small shapes, filled with 0.5.
struct Fed {
    std::string name;
    std::vector<int64_t> shape;
};

struct HugeCase {
    std::string type;
    int opset;
    std::vector<Fed> fed;
    std::function<void(ModelBuilder&)> build;  ///< adds the node of that type and its constants
};

void expectRefused(const HugeCase& huge, const std::vector<std::string>& parts) {
    SCOPED_TRACE(huge.type);
    ModelBuilder model(huge.opset);
    std::map<std::string, Tensor> inputs;
    for (const Fed& fed : huge.fed) {
        model.input(fed.name, fed.shape);
        Tensor tensor(DType::Float32, Shape(fed.shape));
        std::ranges::fill(tensor.mutableValues<float>(), 0.5f);
        inputs.emplace(fed.name, tensor);
    }
    huge.build(model);
    model.output("y");
    const TemporaryFolder folder;
    const graph::Graph graph = graph::readOnnx(model.save(folder / "m.onnx"));
    CpuDevice device;
    const long before = peakResident();
    expectError([&] { Executor(graph, device).run(inputs); }, parts);
    EXPECT_LT(peakResident() - before, 200 << 10) << "it was allocated all the same";
}

/// Refused by the limit, naming the node and the shape it asked for.
void expectOverLimit(const HugeCase& huge, const std::string& shape) {
    expectRefused(huge, {huge.type + " node 'y'", shape, "over the limit of", "1024 times",
                         "CLIPSCOPE_MEMORY_GIB"});
}

/// A node on `x` and constants of int64, with attributes of integers.
std::function<void(ModelBuilder&)> with(
    const std::string& type, const std::vector<std::string>& inputs,
    const std::vector<std::pair<std::string, std::vector<int64_t>>>& constants,
    const std::vector<std::pair<std::string, std::vector<int64_t>>>& lists = {},
    const std::vector<std::pair<std::string, int64_t>>& numbers = {}) {
    return [=](ModelBuilder& model) {
        for (const auto& [name, values] : constants)
            model.ints(name, {std::ssize(values)}, values);
        auto& node = model.node(type, inputs, {"y"});
        for (const auto& [name, values] : lists)
            ModelBuilder::setInts(node, name, values);
        for (const auto& [name, value] : numbers)
            ModelBuilder::setInt(node, name, value);
    };
}

constexpr int64_t kMillion = 1'000'000;

TEST(HugeShapes, OfOperatorsThatTakeThemFromConstantsAreRefused) {
    expectOverLimit(
        {"Expand", 17, {{"x", {1}}}, with("Expand", {"x", "s"}, {{"s", {kMillion, kMillion}}})},
        "float32 1000000x1000000");
    expectOverLimit(
        {"Tile", 17, {{"x", {4}}}, with("Tile", {"x", "r"}, {{"r", {1000 * kMillion}}})},
        "float32 4000000000");
    expectOverLimit({"ConstantOfShape",
                     17,
                     {{"x", {1}}},
                     with("ConstantOfShape", {"s"}, {{"s", {kMillion, 1000}}})},
                    "float32 1000000x1000");
    expectOverLimit(
        {"Pad", 17, {{"x", {4}}}, with("Pad", {"x", "p"}, {{"p", {kMillion, kMillion << 12}}})},
        "float32 4097000004");
    expectOverLimit({"Gather",
                     17,
                     {{"x", {1, 100'000}}},
                     [](ModelBuilder& model) {
                         model.ints("i", {100'000}, std::vector<int64_t>(100'000));
                         model.node("Gather", {"x", "i"}, {"y"});
                     }},
                    "float32 100000x100000");
    expectOverLimit({"Resize",
                     17,
                     {{"x", {1, 1, 2, 2}}},
                     with("Resize", {"x", "", "", "s"}, {{"s", {1, 1, kMillion, kMillion}}})},
                    "float32 1x1x1000000x1000000");
    expectOverLimit({"CenterCropPad",
                     18,
                     {{"x", {1, 1}}},
                     with("CenterCropPad", {"x", "s"}, {{"s", {kMillion, kMillion}}})},
                    "float32 1000000x1000000");
    expectOverLimit({"AffineGrid",
                     20,
                     {{"x", {1, 2, 3}}},
                     with("AffineGrid", {"x", "s"}, {{"s", {1, 1, kMillion, kMillion}}})},
                    "float32 1x1000000x1000000x2");
}

TEST(HugeShapes, OfOperatorsThatTakeThemFromNumbersAreRefused) {
    const auto range = [](ModelBuilder& model) {
        model.floats("from", {}, {0}).floats("to", {}, {1e9f}).floats("step", {}, {1});
        model.node("Range", {"from", "to", "step"}, {"y"});
    };
    expectOverLimit({"Range", 17, {{"x", {1}}}, range}, "float32 1000000000");
    const auto oneHot = [](ModelBuilder& model) {
        model.ints("i", {100}, std::vector<int64_t>(100)).ints("depth", {}, {1'000'000'000});
        model.floats("values", {2}, {0, 1});
        model.node("OneHot", {"i", "depth", "values"}, {"y"});
    };
    expectOverLimit({"OneHot", 17, {{"x", {1}}}, oneHot}, "float32 100x1000000000");
    const auto upsample = [](ModelBuilder& model) {
        model.floats("scales", {4}, {1, 1, 1e6f, 1e6f});
        model.node("Upsample", {"x", "scales"}, {"y"});
    };
    expectOverLimit({"Upsample", 9, {{"x", {1, 1, 2, 2}}}, upsample},
                    "float32 1x1x2000000x2000000");
    const auto mel = [](ModelBuilder& model) {
        model.ints("bins", {}, {kMillion}).ints("length", {}, {kMillion}).ints("rate", {}, {8000});
        model.floats("low", {}, {0}).floats("high", {}, {4000});
        model.node("MelWeightMatrix", {"bins", "length", "rate", "low", "high"}, {"y"});
    };
    expectOverLimit({"MelWeightMatrix", 17, {{"x", {1}}}, mel}, "500001x1000000");
}

TEST(HugeShapes, OfProductsAreRefused) {
    const std::vector<Fed> outer = {{"a", {100'000, 1}}, {"b", {1, 100'000}}};
    for (const char* type : {"Add", "MatMul", "Gemm"})
        expectOverLimit({type, 17, outer, with(type, {"a", "b"}, {})}, "float32 100000x100000");
    const auto einsum = [](ModelBuilder& model) {
        auto* equation = model.node("Einsum", {"a", "b"}, {"y"}).add_attribute();
        equation->set_name("equation");
        equation->set_type(onnx::AttributeProto::STRING);
        equation->set_s("ij,jk->ik");
    };
    expectOverLimit({"Einsum", 17, outer, einsum}, "100000x100000");
}

TEST(HugeShapes, OfWindowsAreRefused) {
    const std::vector<Fed> fed = {{"x", {1, 1, 4, 4}}, {"w", {1, 1, 3, 3}}};
    const std::vector<int64_t> pads(4, kMillion);
    expectOverLimit({"Conv", 17, fed, with("Conv", {"x", "w"}, {}, {{"pads", pads}})},
                    "float32 1x1x2000002x2000002");
    expectOverLimit({"ConvTranspose", 17, fed,
                     with("ConvTranspose", {"x", "w"}, {}, {{"strides", {kMillion, kMillion}}})},
                    "float32 1x1x3000003x3000003");
    expectOverLimit(
        {"ConvTranspose", 17, fed,
         with("ConvTranspose", {"x", "w"}, {}, {{"output_shape", {kMillion, kMillion}}})},
        "float32 1x1x1000000x1000000");
    expectOverLimit({"LpPool",
                     18,
                     {{"x", {1, 1, 4, 4}}},
                     with("LpPool", {"x"}, {}, {{"kernel_shape", {2, 2}}, {"pads", pads}})},
                    "float32 1x1x2000003x2000003");
    const auto roiAlign = [](ModelBuilder& model) {
        model.ints("i", {1}, {0});
        auto& node = model.node("RoiAlign", {"x", "r", "i"}, {"y"});
        ModelBuilder::setInt(node, "output_height", kMillion);
        ModelBuilder::setInt(node, "output_width", kMillion);
    };
    expectOverLimit({"RoiAlign", 17, {{"x", {1, 1, 4, 4}}, {"r", {1, 4}}}, roiAlign},
                    "float32 1x1x1000000x1000000");
}

TEST(HugeShapes, OfManyStepsThatDoubleAreRefused) {
    ModelBuilder model;
    model.input("v0", {1024});
    for (int i = 0; i < 60; ++i) {
        const std::string from = "v" + std::to_string(i);
        auto& node = model.node("Concat", {from, from}, {"v" + std::to_string(i + 1)});
        ModelBuilder::setInt(node, "axis", 0);
    }
    model.output("v60");
    ::setenv("CLIPSCOPE_MEMORY_GIB", "0.05", 1);
    const TemporaryFolder folder;
    const graph::Graph graph = graph::readOnnx(model.save(folder / "m.onnx"));
    CpuDevice device;
    Executor executor(graph, device);
    expectError(
        [&] {
            executor.run({{"v0", Tensor(DType::Float32, {1024})}});
        },
        {"Concat node 'v", "over the limit of 51 MiB"});
    ::unsetenv("CLIPSCOPE_MEMORY_GIB");
}

TEST(HugeShapes, ThatOverflowAreRefused) {
    const int64_t most = int64_t{1} << 62;
    const std::vector<std::string> parts = {"node 'y'", "impossibl"};
    expectRefused({"Expand", 17, {{"x", {1}}}, with("Expand", {"x", "s"}, {{"s", {most, 4}}})},
                  parts);
    expectRefused({"Expand", 17, {{"x", {1}}}, with("Expand", {"x", "s"}, {{"s", {most / 2}}})},
                  parts);
    expectRefused({"ConstantOfShape",
                   17,
                   {{"x", {1}}},
                   with("ConstantOfShape", {"s"}, {{"s", {most, most, 0}}})},
                  parts);
    expectRefused(
        {"ConstantOfShape", 17, {{"x", {1}}}, with("ConstantOfShape", {"s"}, {{"s", {most, 0}}})},
        parts);
    expectRefused(
        {"ConstantOfShape", 17, {{"x", {1}}}, with("ConstantOfShape", {"s"}, {{"s", {-5}}})},
        parts);
    expectRefused(
        {"Pad", 17, {{"x", {4}}}, with("Pad", {"x", "p"}, {{"p", {INT64_MAX, INT64_MAX}}})},
        {"node 'y'"});
    expectRefused({"Tile", 17, {{"x", {4}}}, with("Tile", {"x", "r"}, {{"r", {INT64_MAX}}})},
                  {"node 'y'"});
}

TEST(HugeShapes, ThatAnOperatorItselfLimitsAreRefused) {
    const auto window = [](ModelBuilder& model) {
        model.ints("size", {}, {1'000'000'000});
        model.node("HannWindow", {"size"}, {"y"});
    };
    expectRefused({"HannWindow", 17, {{"x", {1}}}, window}, {"node 'y'", "1000000000 elements"});
    const auto dft = [](ModelBuilder& model) {
        model.ints("length", {}, {int64_t{1} << 30});
        model.node("DFT", {"x", "length"}, {"y"});
    };
    expectRefused({"DFT", 17, {{"x", {1, 2, 1}}}, dft}, {"node 'y'", "1073741824 elements"});
}

TEST(MemoryLimit, GrowsWithWhatIsGiven) {
    EXPECT_LE(memoryLimit(0), size_t{1} << 30);
    EXPECT_LE(memoryLimit(1 << 20), size_t{2} << 30);
    EXPECT_GE(memoryLimit(1 << 20), memoryLimit(0));
}

TEST(MemoryLimit, CountsWhatIsAlive) {
    const auto budget = std::make_shared<MemoryBudget>(10'000, "ten thousand is enough");
    const MemoryBudget::Scope scope(budget);
    {
        const Tensor kept(DType::Float32, {1000});
        EXPECT_GE(budget->used(), 4000u);
        expectError([] { Tensor(DType::Float32, {2000}); },
                    {"float32 2000", "7.8 KiB", "ten thousand is enough"});
        const Tensor view = kept.reshaped({10, 100});
        EXPECT_LT(budget->used(), 5000u);
    }
    EXPECT_EQ(budget->used(), 0u);
}

}  // namespace
}  // namespace clipscope::runtime
