// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/lanes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/lane_observer.h"
#include "tests/model_builder.h"
#include "tests/normal_values.h"
#include "tests/temporary_folder.h"

namespace clipscope::runtime {
namespace {

using graph::ValueId;

/// Convolution, Clip and Relu, Transpose and Reshape, and a product.
graph::Graph network() {
    ModelBuilder model;
    model.input("x", {-1, 3, 9, 11});
    model.floats("w", {5, 3, 3, 3}, normal(135, 1));
    model.floats("lo", {}, {-0.5f});
    model.floats("hi", {}, {6});
    model.node("Conv", {"x", "w"}, {"conv"});
    model.node("Clip", {"conv", "lo", "hi"}, {"clip"});
    ModelBuilder::setInts(model.node("Transpose", {"clip"}, {"moved"}), "perm", {0, 2, 3, 1});
    model.ints("rows", {3}, {0, -1, 5});
    model.node("Reshape", {"moved", "rows"}, {"tokens"});
    model.floats("m", {5, 70}, normal(350, 2));
    model.node("MatMul", {"tokens", "m"}, {"product"});
    model.node("Relu", {"product"}, {"y"});
    model.output("y");
    const TemporaryFolder folder;
    return graph::readOnnx(model.save(folder / "m.onnx"));
}

std::map<std::string, Tensor> batchOf(size_t i) {
    std::vector<float> values = normal(2 * 297, static_cast<uint32_t>(100 + i));
    if (i == 4)
        values[17] = 3e8f;
    if (i == 7)
        values[3] = std::numeric_limits<float>::infinity();
    return {{"x", Tensor::of<float>({2, 3, 9, 11}, values)}};
}

class Lanes : public testing::Test {
protected:
    Lanes() { setThreadCount(3); }
    ~Lanes() override { setThreadCount(0); }

    /// Each lane takes every third of `batches`.
    template <typename Work>
    static void sideBySide(size_t batches, const Work& work) {
        std::vector<std::jthread> threads;
        for (size_t lane = 0; lane < 3; ++lane)
            threads.emplace_back([&, lane] {
                const ThreadCountScope one(1);
                for (size_t i = lane; i < batches; i += 3)
                    work(i, lane);
            });
    }

    CpuDevice m_cpu;
};

TEST_F(Lanes, ThereIsOneForEachThread) {
    const graph::Graph graph = network();
    const Executor executor(graph, m_cpu);
    EXPECT_EQ(makeLanes(executor, 12).size(), 3u);
    EXPECT_EQ(makeLanes(executor, 11).size(), 0u);  // too few batches
    setThreadCount(1);
    EXPECT_EQ(makeLanes(executor, 1000).size(), 0u);
}

TEST_F(Lanes, GiveTheOutputsOfOneExecutor) {
    const graph::Graph graph = network();
    Executor executor(graph, m_cpu);
    std::vector<Lane> lanes = makeLanes(executor, 12);
    ASSERT_EQ(lanes.size(), 3u);
    std::vector<Tensor> outputs(12);
    sideBySide(12, [&](size_t i, size_t lane) { outputs[i] = lanes[lane].run(batchOf(i), {})[0]; });
    for (size_t i = 0; i < outputs.size(); ++i) {
        const Tensor expected = executor.run(batchOf(i))[0];
        ASSERT_EQ(outputs[i].shape(), expected.shape());
        for (size_t k = 0; k < expected.values<float>().size(); ++k)
            if (std::isfinite(expected.values<float>()[k])) {
                EXPECT_FLOAT_EQ(outputs[i].values<float>()[k], expected.values<float>()[k]);
            }
    }
}

/// The last batch is padded: one row of it is the only sample.
void beginBatch(Collector::LaneObserver& lane, size_t i) {
    const auto first = static_cast<int64_t>(2 * i);
    if (i == 8)
        lane.beginBatch({first}, 1);
    else
        lane.beginBatch({first, first + 1});
}

TEST_F(Lanes, CollectWhatOneRunCollects) {
    const graph::Graph graph = network();
    std::vector<ValueId> activations;
    for (size_t i = 0; i < graph.values.size(); ++i)
        if (!graph.values[i].initializer.isDefined())
            activations.push_back(ValueId(i));
    Executor executor(graph, m_cpu);
    Collector together(graph, activations);
    std::vector<Lane> lanes = makeLanes(executor, 12);
    ASSERT_EQ(lanes.size(), 3u);
    std::vector<std::unique_ptr<Collector::LaneObserver>> views;
    for (size_t i = 0; i < lanes.size(); ++i)
        views.push_back(together.makeLaneObserver());
    together.separateMoved();
    const auto runAll = [&] {
        sideBySide(9, [&](size_t i, size_t lane) {
            beginBatch(*views[lane], i);
            lanes[lane].runFor(batchOf(i), *views[lane], {});
        });
    };
    runAll();
    together.beginSecondPass(64);
    runAll();

    // Each tensor by itself, one batch after the other, on one thread as in a lane.
    const ThreadCountScope one(1);
    const auto alone = executor.sibling();
    for (const ValueId value : activations) {
        SCOPED_TRACE(graph[value].name);
        Collector expected(graph, std::vector<ValueId>{value});
        const auto view = expected.makeLaneObserver();
        for (size_t i = 0; i < 18; ++i) {
            if (i == 9)
                expected.beginSecondPass(64);
            beginBatch(*view, i % 9);
            alone->runFor(batchOf(i % 9), *view);
        }
        auto got = together.takeStatistics(value);
        const auto want = expected.takeStatistics(value);
        std::ranges::sort(got.sampleAmax, {}, &histogram::TensorStatistics::SampleAmax::sample);
        EXPECT_TRUE(got.histogram == want.histogram);
        EXPECT_EQ(got.histogram.count() % 17, 0u);  // samples, without the padding
        EXPECT_EQ(got.channels, want.channels);
        EXPECT_EQ(got.sampleAmax, want.sampleAmax);
        EXPECT_EQ(got.exactAbs->counts, want.exactAbs->counts);
    }
}

TEST_F(Lanes, AreRefusedWhereTheirBatchesWouldTakeTooMuchTogether) {
    ModelBuilder model;
    model.input("x", {-1, 1});
    model.ints("extents", {2}, {1, 16 << 20});
    model.node("Expand", {"x", "extents"}, {"wide"});
    model.node("ReduceMax", {"wide"}, {"y"});
    model.output("y");
    const TemporaryFolder folder;
    const graph::Graph graph = graph::readOnnx(model.save(folder / "m.onnx"));
    Executor executor(graph, m_cpu);
    const std::map<std::string, Tensor> input{
        {"x", Tensor::of<float>({1, 1}, std::vector<float>{5})}};
    std::vector<Lane> lanes = makeLanes(executor, 12);
    ASSERT_EQ(lanes.size(), 3u);
    EXPECT_THROW(lanes[0].run(input, {}), TooLargeForLanes);
    EXPECT_EQ(executor.run(input)[0].values<float>()[0], 5.0f);
}

TEST_F(Lanes, TakeLessWhereTheWeightsAreLarge) {
    const auto takes32MiB = [&](int64_t weights) {
        ModelBuilder model;
        model.input("x", {-1, 1});
        model.ints("extents", {2}, {1, 8 << 20});
        model.node("Expand", {"x", "extents"}, {"wide"});
        model.node("ReduceMax", {"wide"}, {"largest"});
        model.floats("w", {weights}, std::vector<float>(static_cast<size_t>(weights), 1));
        model.node("ReduceMax", {"w"}, {"weight"});
        model.node("Add", {"largest", "weight"}, {"y"});
        model.output("y");
        const TemporaryFolder folder;
        const graph::Graph graph = graph::readOnnx(model.save(folder / "m.onnx"));
        const Executor executor(graph, m_cpu);
        std::vector<Lane> lanes = makeLanes(executor, 12);
        try {
            lanes.at(0).run({{"x", Tensor::of<float>({1, 1}, std::vector<float>{5})}}, {});
            return true;
        } catch (const TooLargeForLanes&) {
            return false;
        }
    };
    EXPECT_TRUE(takes32MiB(1));
    EXPECT_FALSE(takes32MiB(9 << 20));
}

TEST_F(Lanes, OnlyTheFirstBatchIsHeldToTheLimit) {
    ModelBuilder model;
    model.input("x", {-1});
    model.node("Neg", {"x"}, {"negated"});
    model.node("ReduceMax", {"negated"}, {"y"});
    model.output("y");
    const TemporaryFolder folder;
    const graph::Graph graph = graph::readOnnx(model.save(folder / "m.onnx"));
    const Executor executor(graph, m_cpu);
    std::vector<Lane> lanes = makeLanes(executor, 12);
    ASSERT_EQ(lanes.size(), 3u);
    const auto input = [](int64_t count) {
        return std::map<std::string, Tensor>{
            {"x", Tensor::of<float>({count}, std::vector<float>(static_cast<size_t>(count), 2))}};
    };
    EXPECT_EQ(lanes[0].run(input(3), {})[0].values<float>()[0], -2.0f);
    EXPECT_EQ(lanes[0].run(input(16 << 20), {})[0].values<float>()[0], -2.0f);
}

}  // namespace
}  // namespace clipscope::runtime
