// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/collector.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "analysis/base/parallel.h"
#include "tests/analysis/runtime/one_node.h"

namespace clipscope::runtime {
namespace {

using graph::ValueId;

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
    std::vector<float> values{1, 2, -3, 4, 5, inf, 7, NAN, 9, -10, 11, 12};
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
    EXPECT_EQ(rangesFor("Conv", {4, 3, 1, 1}), (Ranges{{-10, 7}, {2, 11}, {-3, 12}}));
    values[5] = 6;
    values[7] = 13;
    EXPECT_EQ(rangesFor("Conv", {4, 3, 1, 1}), (Ranges{{-10, 7}, {2, 13}, {-3, 12}}));
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

/// x, and what Relu and two Clips make of it.
graph::Graph bounded() {
    graph::Graph graph;
    for (const char* name : {"x", "relu", "clip", "inner", "low", "high"})
        graph.values.push_back({.name = name, .type = DType::Float32});
    graph.values[0].isInput = true;
    graph.values[4].initializer = Tensor::scalar(-0.3f);
    graph.values[5].initializer = Tensor::scalar(6.0f);
    const auto add = [&](const char* type, std::vector<ValueId> inputs, size_t output) {
        graph.values[output].producer = graph::NodeId(graph.nodes.size());
        graph.nodes.push_back({.name = type,
                               .type = type,
                               .opset = 13,
                               .inputs = std::move(inputs),
                               .outputs = {ValueId(output)}});
    };
    add("Relu", {ValueId(0)}, 1);
    add("Clip", {ValueId(0), ValueId(4), ValueId(5)}, 2);
    add("Clip", {ValueId(1), ValueId(), ValueId(5)}, 3);
    return graph;
}

/// What bounds make of values is the same whether it is counted or follows from the bins of x.
TEST(Collector, BoundedValuesNeedNotBeCounted) {
    const graph::Graph graph = bounded();
    const float inf = std::numeric_limits<float>::infinity();
    const std::vector<std::pair<float, float>> bounds{{0, inf}, {-0.3f, 6}, {0, 6}};
    const std::vector<float> odd{0.0f, -0.0f,      1e-40f, -1e-40f,
                                 6.0f, 6.0000005f, -0.3f,  -0.30000004f};
    for (const float special : {1.0f, -500.0f, 1000.0f, NAN, inf, -inf})
        for (const Shape& shape : {Shape{3, 2, 5, 7}, Shape{3, 4, 33, 31}, Shape{3, 8}, Shape{3}}) {
            Tensor x = normal(shape, 9);
            const std::span<float> values = x.mutableValues<float>();
            std::copy_n(odd.begin(), std::min(odd.size(), values.size()), values.begin());
            values.back() = special;
            std::vector<Tensor> made{x};
            for (const auto& [lo, hi] : bounds) {
                Tensor y(DType::Float32, shape);
                for (size_t i = 0; i < values.size(); ++i) {
                    const float raised = values[i] < lo ? lo : values[i];
                    y.mutableValues<float>()[i] = raised > hi ? hi : raised;
                }
                made.push_back(y);
            }
            Collector together(
                graph, std::vector<ValueId>{ValueId(0), ValueId(1), ValueId(2), ValueId(3)});
            for (const std::vector<int64_t>& batch : {std::vector<int64_t>{0, 1, 2}, {3, 4}}) {
                together.beginBatch(batch, 3 - static_cast<int64_t>(batch.size()));
                for (size_t i = 0; i < made.size(); ++i)
                    together.observe(ValueId(i), made[i]);
            }
            for (size_t i = 0; i < made.size(); ++i) {
                Collector alone(graph, std::vector<ValueId>{ValueId(i)});
                for (const std::vector<int64_t>& batch : {std::vector<int64_t>{0, 1, 2}, {3, 4}}) {
                    alone.beginBatch(batch, 3 - static_cast<int64_t>(batch.size()));
                    alone.observe(ValueId(i), made[i]);
                }
                const auto& got = together.statistics(ValueId(i));
                const auto& want = alone.statistics(ValueId(i));
                SCOPED_TRACE(graph.values[i].name + " " + shape.toString() + " " +
                             std::to_string(special));
                EXPECT_TRUE(got.histogram == want.histogram);
                EXPECT_EQ(got.channels, want.channels);
                EXPECT_EQ(got.sampleAmax, want.sampleAmax);
            }
        }
}

/// Channels of each number and order.
TEST(Collector, SeesValuesBeforeTheyAreClamped) {
    const graph::Graph graph = bounded();
    const float inf = std::numeric_limits<float>::infinity();
    const histogram::Clamp bounds{-0.5f, 0.75f};
    for (const int threads : {1, 2})
        for (const float special : {1.0f, NAN, inf})
            for (const Shape& shape : {Shape{3, 2, 5, 7}, Shape{3, 40, 37, 31}, Shape{3},
                                       Shape{3, 48}, Shape{3, 47}, Shape{3, 20, 20, 144}}) {
                const ThreadCountScope scope(threads);
                const auto make = [&] {
                    Tensor made = normal(shape, 10);
                    made.mutableValues<float>()[0] = special;
                    return shape == Shape{3, 20, 20, 144} ? made.asChannelsLast() : made;
                };
                const Tensor x = make();
                Tensor clamped = make();
                const std::vector<ValueId> values{ValueId(0), ValueId(1)};
                Collector kept(graph, values);
                Collector overwritten(graph, values);
                for (Collector* collector : {&kept, &overwritten})
                    collector->beginBatch({0, 1}, 1);
                kept.observe(values[0], x);
                overwritten.observeAndClamp(values[0], clamped, bounds);
                const auto before = x.inMemoryOrder().values<float>();
                const auto after = clamped.inMemoryOrder().values<float>();
                for (size_t i = 0; i < before.size(); ++i)
                    ASSERT_EQ(std::bit_cast<uint32_t>(after[i]),
                              std::bit_cast<uint32_t>(bounds(before[i])));
                for (const ValueId value : values) {
                    const auto& got = overwritten.statistics(value);
                    const auto& want = kept.statistics(value);
                    EXPECT_TRUE(got.histogram == want.histogram);
                    EXPECT_EQ(got.channels, want.channels);
                    EXPECT_EQ(got.sampleAmax, want.sampleAmax);
                }
            }
}

/// x, what Transpose makes of it, Reshape of that, and Relu of that again.
graph::Graph moved() {
    graph::Graph graph;
    for (const char* name : {"x", "transposed", "reshaped", "relu"})
        graph.values.push_back({.name = name, .type = DType::Float32});
    graph.values[0].isInput = true;
    for (size_t i = 1; i < 4; ++i) {
        const std::string type = i == 1 ? "Transpose" : i == 2 ? "Reshape" : "Relu";
        graph.values[i].producer = graph::NodeId(i - 1);
        graph.nodes.push_back({.name = type,
                               .type = type,
                               .opset = 13,
                               .inputs = {ValueId(i - 1)},
                               .outputs = {ValueId(i)}});
    }
    return graph;
}

/// Each of four batches of `x`, the last of which is padded, by all of the values.
std::vector<Tensor> tensorsOfBatch(size_t batch) {
    Tensor x = normal({2, 3, 4, 300}, static_cast<uint32_t>(20 + batch));
    if (batch == 1)
        x.mutableValues<float>()[5] = 1e20f;
    if (batch == 2)
        x.mutableValues<float>()[7] = -std::numeric_limits<float>::infinity();
    Tensor transposed(DType::Float32, {2, 300, 3, 4});
    for (size_t i = 0; i < x.values<float>().size(); ++i) {
        const size_t n = i / 3600;
        const size_t c = i / 300 % 12;
        transposed.mutableValues<float>()[(n * 300 + i % 300) * 12 + c] = x.values<float>()[i];
    }
    const Tensor reshaped = transposed.reshaped({24, 300});
    Tensor relu(DType::Float32, reshaped.shape());
    for (size_t i = 0; i < relu.values<float>().size(); ++i)
        relu.mutableValues<float>()[i] = std::max(0.0f, reshaped.values<float>()[i]);
    return {x, transposed, reshaped, relu};
}

/// What only moves values has the bins of what it reads, and ranges of its own.
TEST(Collector, MovedValuesNeedNotBeCounted) {
    const graph::Graph graph = moved();
    const std::vector<ValueId> all{ValueId(0), ValueId(1), ValueId(2), ValueId(3)};
    for (const bool padded : {false, true})
        for (const std::vector<size_t>& order : {std::vector<size_t>{0, 1, 2, 3}, {3, 2, 1, 0}}) {
            Collector together(graph, all);
            std::deque<Collector> alone;
            for (const ValueId value : all)
                alone.emplace_back(graph, std::vector<ValueId>{value});
            for (size_t batch = 0; batch < 4; ++batch) {
                const std::vector<Tensor> tensors = tensorsOfBatch(batch);
                const auto first = static_cast<int64_t>(2 * batch);
                const bool isPadded = padded && batch >= 2;
                const std::vector<int64_t> samples =
                    isPadded ? std::vector{first} : std::vector{first, first + 1};
                together.beginBatch(samples, isPadded);
                for (size_t i = 0; i < all.size(); ++i) {
                    together.observe(all[i], tensors[i]);
                    alone[i].beginBatch(samples, isPadded);
                    alone[i].observe(all[i], tensors[i]);
                }
            }
            for (const size_t i : order) {
                SCOPED_TRACE(graph.values[i].name + (padded ? " padded" : ""));
                EXPECT_TRUE(together.statistics(all[i]).histogram ==
                            alone[i].statistics(all[i]).histogram);
                const auto got = together.takeStatistics(all[i]);
                const auto want = alone[i].takeStatistics(all[i]);
                EXPECT_TRUE(got.histogram == want.histogram);
                EXPECT_EQ(got.histogram.count(), padded && i < 2 ? 21600u : 28800u);
                EXPECT_EQ(got.channels, want.channels);
                EXPECT_EQ(got.sampleAmax, want.sampleAmax);
            }
        }
}

TEST(Collector, TheLayoutDoesNotMatter) {
    const graph::Graph graph = oneNode("Conv");
    const Tensor tensor = normal({3, 5, 37, 31}, 12);
    Tensor inOrder(DType::Float32, {3, 37, 31, 5});
    for (int64_t n = 0; n < 3; ++n)
        for (int64_t c = 0; c < 5; ++c)
            for (int64_t i = 0; i < 37 * 31; ++i)
                inOrder.mutableValues<float>()[static_cast<size_t>((n * 37 * 31 + i) * 5 + c)] =
                    tensor.values<float>()[static_cast<size_t>((n * 5 + c) * 37 * 31 + i)];
    std::vector<histogram::TensorStatistics> collected;
    for (const Tensor& given : {tensor, inOrder.asChannelsLast()}) {
        Collector collector = collectorFor(graph);
        collector.beginBatch({4, 7}, 1);
        collector.observe(kY, given);
        EXPECT_EQ(collector.shape(kY).shape, Shape({2, 5, 37, 31}));
        collected.push_back(collector.takeStatistics(kY));
    }
    EXPECT_TRUE(collected[0].histogram == collected[1].histogram);
    EXPECT_EQ(collected[0].channels, collected[1].channels);
    EXPECT_EQ(collected[0].sampleAmax, collected[1].sampleAmax);
    EXPECT_EQ(collected[0].channels.size(), 5u);
}

/// Batches may end in any order, and the last one may be smaller.
TEST(Collector, TheShapeIsThatOfTheFirstBatchWhicheverEndsLast) {
    const graph::Graph graph = oneNode("Conv");
    const std::vector<std::vector<int64_t>> batches = {{4, 5}, {0, 1, 2, 3}, {6}};
    std::vector<size_t> order = {0, 1, 2};
    do {
        Collector collector = collectorFor(graph);
        EXPECT_EQ(collector.shape(kY).shape.rank(), 0u);
        for (const size_t i : order) {
            collector.beginBatch(batches[i]);
            collector.observe(kY, normal({static_cast<int64_t>(batches[i].size()), 7}, 1));
        }
        EXPECT_EQ(collector.shape(kY).shape, (Shape{4, 7}));
    } while (std::ranges::next_permutation(order).found);
}

/// Also where histograms follow from others: [0, 4] for x, [0, 3] for its Relu.
TEST(Collector, SecondPassTakesTheRangeOfEachValue) {
    const graph::Graph graph = bounded();
    Collector collector(graph, std::vector<ValueId>{ValueId(0), ValueId(1)});
    const Tensor x = Tensor::of<float>({1, 4}, std::vector<float>{0, 1, 3, -4});
    const Tensor relu = Tensor::of<float>({1, 4}, std::vector<float>{0, 1, 3, 0});
    collector.beginBatch({0});
    collector.observe(ValueId(0), x);
    collector.observe(ValueId(1), relu);
    collector.beginSecondPass(4);
    collector.observe(ValueId(0), x);
    collector.observe(ValueId(1), relu);
    const auto& ofX = collector.statistics(ValueId(0)).exactAbs;
    EXPECT_EQ(ofX->hi, 4);
    EXPECT_EQ(ofX->counts, (std::vector<uint64_t>{1, 1, 0, 2}));
    const auto& ofRelu = collector.statistics(ValueId(1)).exactAbs;
    EXPECT_EQ(ofRelu->hi, 3);
    EXPECT_EQ(ofRelu->counts, (std::vector<uint64_t>{2, 1, 0, 1}));
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
