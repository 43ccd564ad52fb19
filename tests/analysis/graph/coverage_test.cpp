// SPDX-License-Identifier: Apache-2.0
#include "analysis/graph/coverage.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "analysis/graph/onnx_reader.h"
#include "analysis/graph/scale_groups.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::graph {
namespace {

Graph read(const ModelBuilder& model) {
    const TemporaryFolder folder;
    return readOnnx(model.save(folder / "m.onnx"));
}

ValueCoverage rowOf(const std::vector<ValueCoverage>& rows, const std::string& name) {
    const auto it = std::ranges::find(rows, name, &ValueCoverage::name);
    EXPECT_NE(it, rows.end()) << name;
    return it == rows.end() ? ValueCoverage() : *it;
}

std::vector<std::string> names(const Graph& graph, const std::vector<ValueId>& values) {
    std::vector<std::string> out;
    for (const ValueId id : values)
        out.push_back(graph[id].name);
    return out;
}

std::vector<ScaleGroup> groupsOf(const Graph& graph) {
    std::vector<ValueId> activations;
    for (const ValueCoverage& row : coverage(graph))
        if (row.kind == CoverageClass::Activation)
            activations.push_back(row.value);
    return scaleGroups(graph, activations);
}

TEST(Coverage, ShapeComputationIntegersAndConstantsGetNoScale) {
    ModelBuilder model;
    model.input("x", {-1, 3, 8, 8}).floats("one", {1}, {1.0f}).ints("target", {2}, {-1, 3});
    model.node("Relu", {"x"}, {"r"});
    model.node("Shape", {"r"}, {"shape"});
    ModelBuilder::setInt(model.node("Cast", {"shape"}, {"shape_float"}), "to", 1);
    model.node("Mul", {"shape_float", "one"}, {"scaled"});
    model.node("Neg", {"one"}, {"folded"});
    model.node("Greater", {"r", "one"}, {"mask"});
    model.node("Dropout", {"r"}, {"d", ""});
    model.node("Add", {"d", "folded"}, {"y"});
    model.output("y");
    const Graph graph = read(model);
    const std::vector<ValueCoverage> rows = coverage(graph);
    EXPECT_EQ(rowOf(rows, "x").kind, CoverageClass::Activation);
    EXPECT_EQ(rowOf(rows, "x").op, "Input");
    EXPECT_EQ(rowOf(rows, "r").kind, CoverageClass::Activation);
    EXPECT_EQ(rowOf(rows, "shape").kind, CoverageClass::Integer);
    EXPECT_EQ(rowOf(rows, "shape_float").kind, CoverageClass::ShapeComputation);
    EXPECT_EQ(rowOf(rows, "scaled").kind, CoverageClass::ShapeComputation);
    EXPECT_EQ(rowOf(rows, "folded").kind, CoverageClass::Constant);
    EXPECT_EQ(rowOf(rows, "mask").kind, CoverageClass::Boolean);
    EXPECT_EQ(rowOf(rows, "(output 1 of Dropout node 'd')").kind, CoverageClass::AbsentOutput);
    EXPECT_EQ(rowOf(rows, "y").kind, CoverageClass::Activation);
    EXPECT_EQ(summarize(rows),
              "4 of 10 tensors get a scale: 1 constant, 2 shape, 1 integer, 1 boolean, 1 absent");
    for (const ValueCoverage& row : rows)
        EXPECT_EQ(row.reason.empty(), row.kind == CoverageClass::Activation) << row.name;
}

TEST(Coverage, PlacesOfTokensAreIntegers) {
    ModelBuilder model;
    auto* import = model.proto().add_opset_import();
    import->set_domain("com.microsoft");
    import->set_version(1);
    model.input("x", {2, 5, 8}).input("counts", {2}, 6);  // int32
    model.node("RemovePadding", {"x", "counts"}, {"tokens", "places", "ends", "longest"})
        .set_domain("com.microsoft");
    model.node("RestorePadding", {"tokens", "places"}, {"y"}).set_domain("com.microsoft");
    model.output("y");
    const std::vector<ValueCoverage> rows = coverage(read(model));
    EXPECT_EQ(rowOf(rows, "tokens").kind, CoverageClass::Activation);
    for (const char* name : {"places", "ends", "longest"})
        EXPECT_EQ(rowOf(rows, name).kind, CoverageClass::Integer) << name;
    EXPECT_EQ(rowOf(rows, "y").kind, CoverageClass::Activation);
}

TEST(Coverage, SaysWhatTensorRtFusesAndLeavesInFloat) {
    const Graph graph = readOnnx(CLIPSCOPE_EXAMPLES "/lenet.onnx");
    const std::vector<ValueCoverage> rows = coverage(graph);
    EXPECT_EQ(summarize(rows), "8 of 10 tensors get a scale: 1 fused, 1 float");
    EXPECT_EQ(rowOf(rows, "ip1").tensorRt, TensorRtUse::FusedAway);
    EXPECT_NE(rowOf(rows, "ip1").reason.find("'relu1'"), std::string::npos);
    EXPECT_EQ(rowOf(rows, "prob").tensorRt, TensorRtUse::StaysFloat);
    EXPECT_EQ(rowOf(rows, "conv1").tensorRt, TensorRtUse::Uses);
}

TEST(Coverage, AValueThatTwoReadOrTheGraphShowsIsNotFusedAway) {
    ModelBuilder model;
    model.input("x", {1, 1, 4, 4}).floats("w", {1, 1, 1, 1}, {2.0f});
    model.node("Conv", {"x", "w"}, {"c"});
    model.node("Relu", {"c"}, {"r"});
    model.output("r").output("c");
    EXPECT_EQ(rowOf(coverage(read(model)), "c").tensorRt, TensorRtUse::Uses);
}

TEST(ScaleGroups, PoolsAndReshapesShareTheScaleOfTheirSource) {
    const Graph graph = readOnnx(CLIPSCOPE_EXAMPLES "/lenet.onnx");
    const std::vector<ScaleGroup> groups = groupsOf(graph);
    ASSERT_EQ(groups.size(), 2u);
    EXPECT_EQ(names(graph, groups[0].members), (std::vector<std::string>{"conv1", "pool1"}));
    EXPECT_EQ(names(graph, groups[0].sources), std::vector<std::string>{"conv1"});
    EXPECT_EQ(names(graph, groups[1].members),
              (std::vector<std::string>{"conv2", "pool2", "flatten1"}));
}

TEST(ScaleGroups, ConcatJoinsAllItsInputs) {
    ModelBuilder model;
    model.input("x", {1, 2}).ints("shape", {2}, {2, 2});
    model.node("Relu", {"x"}, {"a"});
    model.node("Neg", {"x"}, {"b"});
    ModelBuilder::setInt(model.node("Concat", {"a", "b"}, {"c"}), "axis", 1);
    model.node("Reshape", {"c", "shape"}, {"d"});
    model.output("d");
    const Graph graph = read(model);
    const std::vector<ScaleGroup> groups = groupsOf(graph);
    ASSERT_EQ(groups.size(), 1u);
    EXPECT_EQ(names(graph, groups[0].members), (std::vector<std::string>{"a", "b", "c", "d"}));
    EXPECT_EQ(names(graph, groups[0].sources), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace clipscope::graph
