// SPDX-License-Identifier: Apache-2.0
// What a collector keeps of tensors on the device, against one that sees them on the CPU.
#include "analysis/runtime/collector.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "tests/analysis/runtime/one_node.h"
#include "tests/expect_error.h"
#include "tests/gpu/stepped_backend.h"

namespace clipscope::gpu {
namespace {

using graph::ValueId;
using runtime::Collector;

const ValueId kY(1);

Tensor withHoles(const Shape& shape, uint32_t seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    Tensor tensor(DType::Float32, shape);
    for (float& value : tensor.mutableValues<float>()) {
        const uint32_t kind = random() % 97;
        value = kind == 0   ? std::numeric_limits<float>::infinity()
                : kind == 1 ? std::numeric_limits<float>::quiet_NaN()
                : kind < 40 ? 0.0f
                            : normal(random) * static_cast<float>(1 << (seed % 12));
    }
    return tensor;
}

struct Batch {
    std::vector<int64_t> samples;
    int64_t padding;
    Shape shape;
};

void expectEqual(const histogram::TensorStatistics& got, const histogram::TensorStatistics& want) {
    EXPECT_TRUE(got.histogram == want.histogram);
    EXPECT_EQ(got.channels, want.channels);
    EXPECT_EQ(got.sampleAmax, want.sampleAmax);
    ASSERT_EQ(got.exactAbs.has_value(), want.exactAbs.has_value());
    if (want.exactAbs) {
        EXPECT_EQ(got.exactAbs->counts, want.exactAbs->counts);
    }
}

/// The batches through both, asked for after each of them (`often`) or at the end only.
void expectCollectsAlike(const std::string& op, const std::vector<Batch>& batches, bool often) {
    SCOPED_TRACE(op + (often ? ", read after every batch" : ""));
    const graph::Graph graph = oneNode(op);
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    const std::vector<ValueId> values{kY};
    Collector onDevice(graph, values, device.get());
    Collector onHost(graph, values);
    const auto runAll = [&] {
        uint32_t seed = 1;
        for (const Batch& batch : batches) {
            const Tensor tensor = withHoles(batch.shape, seed++);
            onDevice.beginBatch(batch.samples, batch.padding);
            onHost.beginBatch(batch.samples, batch.padding);
            onDevice.observe(kY, device->fromHost(tensor));
            onHost.observe(kY, tensor);
            if (often)
                onDevice.statistics(kY);
        }
    };
    runAll();
    EXPECT_EQ(onDevice.shape(kY), onHost.shape(kY));
    EXPECT_EQ(onDevice.countedWithPadding(), onHost.countedWithPadding());
    expectEqual(onDevice.statistics(kY), onHost.statistics(kY));
    onDevice.beginSecondPass(777);
    onHost.beginSecondPass(777);
    runAll();
    expectEqual(onDevice.takeStatistics(kY), onHost.takeStatistics(kY));
}

void expectCollectsAlike(const std::string& op, const std::vector<Batch>& batches) {
    for (const bool often : {false, true})
        expectCollectsAlike(op, batches, often);
}

TEST(CollectorOnTheDevice, EqualsTheCpus) {
    expectCollectsAlike("Conv", {{{0, 1, 2}, 0, {3, 5, 13, 15}}, {{3, 4}, 0, {2, 5, 13, 15}}});
    expectCollectsAlike("Gemm", {{{0, 1, 2}, 0, {3, 127}}, {{3}, 0, {1, 127}}});
    expectCollectsAlike("MatMul", {{{0, 1}, 0, {2, 13, 33}}, {{2, 3}, 0, {2, 13, 33}}});
    expectCollectsAlike("Conv", {{{0, 1}, 0, {2, 13, 33}}});
    expectCollectsAlike("Relu", {{{0, 1}, 0, {2}}, {{2}, 0, {1}}});
    expectCollectsAlike("ReduceMean", {{{0}, 0, {}}, {{1}, 0, {}}});
    expectCollectsAlike("Conv", {{{7, 9}, 0, {2, 3, 3, 4, 5}}});
}

TEST(CollectorOnTheDevice, PaddingAndOtherFirstAxes) {
    expectCollectsAlike("Conv", {{{0, 1, 2}, 1, {4, 3, 7, 7}}});
    expectCollectsAlike("MatMul", {{{0, 1}, 0, {7, 3, 5}}});
    expectCollectsAlike("MatMul", {{{0, 1}, 2, {7, 3, 5}}});
    expectCollectsAlike("MatMul", {{{5}, 0, {7, 3, 5}}});
}

TEST(CollectorOnTheDevice, ShapesThatChange) {
    expectCollectsAlike("MatMul", {{{0}, 0, {1, 4, 10}},
                                   {{1}, 0, {1, 9, 20}},
                                   {{2}, 0, {1, 2, 5}},
                                   {{3}, 0, {1, 0, 5}},
                                   {{4}, 0, {1, 2, 20}}});
}

TEST(CollectorOnTheDevice, MoreSamplesThanItKeepsAtATime) {
    std::vector<Batch> batches;
    for (int64_t i = 0; i < 5; ++i) {
        Batch batch{{}, 0, {1500, 3}};
        for (int64_t s = 0; s < 1500; ++s)
            batch.samples.push_back(i * 1500 + s);
        batches.push_back(batch);
    }
    expectCollectsAlike("Gemm", batches, false);
}

TEST(CollectorOnTheDevice, GivesItsMemoryBack) {
    const auto backend = std::make_shared<SteppedBackend>();
    {
        const graph::Graph graph = oneNode("Conv");
        const std::unique_ptr<GpuDevice> device = makeSteppedDevice(backend);
        Collector collector(graph, std::vector<ValueId>{kY}, device.get());
        collector.beginBatch({0});
        collector.observe(kY, device->fromHost(withHoles({1, 3, 8, 8}, 1)));
        EXPECT_GT(backend->liveBytes(), 0u);
    }
    EXPECT_EQ(backend->liveBytes(), 0u);
}

// All tensors of a device share one table: what it saw of the last one must not count for the next.
TEST(StatisticsOnTheDevice, TensorsOfOtherOctavesTakeTurns) {
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    const auto large = device->makeStatistics();
    const auto small = device->makeStatistics();
    histogram::TensorStatistics wanted[2], got[2];
    for (int round = 0; round < 3; ++round) {
        int at = 0;
        for (const float scale : {1e20f, 1e-3f}) {
            Tensor tensor = withHoles({1, 5003}, static_cast<uint32_t>(round));
            for (float& value : tensor.mutableValues<float>())
                value *= scale;
            (at == 0 ? large : small)
                ->observe(device->fromHost(tensor), runtime::ChannelAxis::None, {});
            wanted[at++].histogram.add(tensor.values<float>());
        }
    }
    large->drain(got[0]);
    small->drain(got[1]);
    for (int at = 0; at < 2; ++at)
        EXPECT_TRUE(got[at].histogram == wanted[at].histogram) << at;
}

// Operators may write their result over an operand that nobody else holds.
TEST(GpuDevice, ReadsBackWhatWasWrittenOverACopyOfTheHosts) {
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    const Tensor host = Tensor::of<float>({3}, std::vector<float>{1, -2, 3});
    Tensor x = device->fromHost(host);
    EXPECT_EQ(device->toHost(x).bytes(), host.bytes());
    device->unary(runtime::UnaryFunction::Neg, {}, x, x);
    EXPECT_EQ(toDoubles(device->toHost(x)), (std::vector<double>{-1, 2, -3}));
    EXPECT_EQ(toDoubles(host), (std::vector<double>{1, -2, 3}));
}

TEST(Pool, UsesBlocksAgainAndTrimsWhenMemoryIsShort) {
    const auto backend = std::make_shared<SteppedBackend>(10000);
    Pool pool(backend);
    const std::byte* first = pool.allocate(4000).data;
    EXPECT_EQ(pool.allocate(3990).data, first);
    const Buffer held = pool.allocate(4000);
    EXPECT_EQ(held.data, first);
    pool.allocate(5000);
    EXPECT_EQ(pool.reservedBytes(), backend->liveBytes());
    const Buffer other = pool.allocate(2000);  // only fits once the unused one is given back
    EXPECT_EQ(backend->liveBytes(), blockSize(4000) + blockSize(2000));
    expectError([&] { pool.allocate(8000); }, {"no memory left"});
}

TEST(Pool, BlocksAreAtMostAnEighthLarger) {
    for (const size_t size : {1u, 512u, 513u, 1000u, 4097u, 65537u, 1000003u, 123456789u}) {
        EXPECT_GE(blockSize(size), size);
        EXPECT_LE(blockSize(size), std::max<size_t>(size + 512, size + size / 8));
        EXPECT_EQ(blockSize(blockSize(size)), blockSize(size));
    }
}

}  // namespace
}  // namespace clipscope::gpu
