// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/collector.h"

#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "analysis/base/parallel.h"

namespace clipscope::runtime {
namespace {

using graph::ValueId;

/// A graph of one float input and one value produced by `op`.
graph::Graph oneNode(const std::string& op) {
    graph::Graph graph;
    graph.values.push_back({.name = "x", .type = DType::Float32});
    graph.values.push_back({.name = "y", .type = DType::Float32});
    graph.values[0].isInput = true;
    graph.values[1].producer = graph::NodeId(0);
    graph.nodes.push_back(
        {.name = "n", .type = op, .inputs = {ValueId(0)}, .outputs = {ValueId(1)}});
    return graph;
}

const ValueId kY(1);

Collector collectorFor(const graph::Graph& graph) {
    return Collector(graph, std::vector<ValueId>{kY});
}

Tensor normal(const Shape& shape, uint32_t seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> values;
    Tensor tensor(DType::Float32, shape);
    for (float& v : tensor.mutableValues<float>())
        v = values(random);
    return tensor;
}

float largest(std::span<const float> values) {
    float amax = 0;
    for (const float v : values)
        amax = std::max(amax, std::fabs(v));
    return amax;
}

TEST(Collector, KeepsAmaxOfEachSampleOfABatch) {
    const graph::Graph graph = oneNode("Conv");
    Collector collector = collectorFor(graph);
    const Tensor tensor = normal({3, 2, 5, 7}, 1);
    collector.beginBatch({10, 11, 12});
    collector.observe(kY, tensor);
    const auto& amax = collector.statistics(kY).sampleAmax;
    ASSERT_EQ(amax.size(), 3u);
    for (int64_t i = 0; i < 3; ++i) {
        EXPECT_EQ(amax[static_cast<size_t>(i)].sample, 10 + i);
        EXPECT_EQ(amax[static_cast<size_t>(i)].amax,
                  largest(tensor.rows(i, i + 1).values<float>()));
    }
    EXPECT_EQ(collector.statistics(kY).histogram.count(), 210u);
}

TEST(Collector, NoAmaxPerSampleWhereTheFirstAxisIsNotTheBatch) {
    const graph::Graph graph = oneNode("Conv");
    Collector collector = collectorFor(graph);
    collector.beginBatch({0, 1});
    collector.observe(kY, normal({5, 3}, 2));
    EXPECT_TRUE(collector.statistics(kY).sampleAmax.empty());
    collector.beginBatch({2});
    collector.observe(kY, normal({5, 3}, 3));
    ASSERT_EQ(collector.statistics(kY).sampleAmax.size(), 1u);
}

TEST(Collector, PaddedRowsAreNotCounted) {
    const graph::Graph graph = oneNode("Conv");
    Collector collector = collectorFor(graph);
    collector.beginBatch({0, 1}, 2);
    collector.observe(kY, normal({4, 3}, 4));
    EXPECT_EQ(collector.statistics(kY).histogram.count(), 6u);
    EXPECT_TRUE(collector.countedWithPadding().empty());
    collector.observe(kY, normal({7, 3}, 5));
    EXPECT_EQ(collector.statistics(kY).histogram.count(), 27u);
    EXPECT_EQ(collector.countedWithPadding(), std::vector<ValueId>{kY});
}

TEST(Collector, ChannelsLieAlongAxisOneOrTheLast) {
    const float inf = std::numeric_limits<float>::infinity();
    const std::vector<float> values{1, 2, -3, 4, 5, inf, 7, NAN, 9, -10, 11, 12};
    auto rangesFor = [&](const char* op, const Shape& shape) {
        const graph::Graph graph = oneNode(op);
        Collector collector = collectorFor(graph);
        collector.beginBatch({0});
        collector.observe(kY, Tensor::of<float>(shape, values));
        std::vector<std::pair<float, float>> ranges;
        for (const auto& range : collector.statistics(kY).channels)
            ranges.emplace_back(range.min, range.max);
        return ranges;
    };
    using Ranges = std::vector<std::pair<float, float>>;
    EXPECT_EQ(rangesFor("Conv", {1, 3, 2, 2}), (Ranges{{-3, 4}, {5, 7}, {-10, 12}}));
    EXPECT_EQ(rangesFor("Conv", {1, 3, 4}), (Ranges{{-3, 4}, {5, 7}, {-10, 12}}));
    EXPECT_EQ(rangesFor("MatMul", {1, 3, 4}), (Ranges{{1, 9}, {-10, 2}, {-3, 11}, {4, 12}}));
    EXPECT_EQ(rangesFor("Gemm", {3, 4}), (Ranges{{1, 9}, {-10, 2}, {-3, 11}, {4, 12}}));
    EXPECT_EQ(rangesFor("Gemm", {12}), Ranges{});
}

TEST(Collector, BatchesThreadsAndOrderDoNotMatter) {
    const graph::Graph graph = oneNode("Conv");
    const Tensor tensor = normal({6, 4, 33, 31}, 6);
    auto collect = [&](const std::vector<std::vector<int64_t>>& batches, int threads) {
        setThreadCount(threads);
        Collector collector = collectorFor(graph);
        for (const auto& batch : batches) {
            collector.beginBatch(batch);
            collector.observe(kY, tensor.rows(batch.front(), batch.back() + 1));
        }
        setThreadCount(0);
        return collector.takeStatistics(kY);
    };
    const auto whole = collect({{0, 1, 2, 3, 4, 5}}, 1);
    for (const int threads : {1, 2, 3})
        for (const auto& batches : {std::vector<std::vector<int64_t>>{{0, 1}, {2, 3, 4}, {5}},
                                    {{5}, {2, 3, 4}, {0, 1}}}) {
            const auto parts = collect(batches, threads);
            EXPECT_TRUE(parts.histogram == whole.histogram);
            EXPECT_EQ(parts.channels, whole.channels);
            ASSERT_EQ(parts.sampleAmax.size(), 6u);
        }
}

TEST(Collector, SecondPassCountsExactEqualBinsOnly) {
    const graph::Graph graph = oneNode("Conv");
    Collector collector = collectorFor(graph);
    const Tensor tensor = Tensor::of<float>({1, 5}, std::vector<float>{0, 1, -2, 3.9f, -4});
    collector.beginBatch({0});
    collector.observe(kY, tensor);
    collector.beginSecondPass(4);
    collector.observe(kY, tensor);
    const auto& statistics = collector.statistics(kY);
    EXPECT_EQ(statistics.exactAbs->counts, (std::vector<uint64_t>{1, 1, 1, 2}));
    EXPECT_EQ(statistics.histogram.count(), 5u);
    EXPECT_EQ(statistics.sampleAmax.size(), 1u);
}

}  // namespace
}  // namespace clipscope::runtime
