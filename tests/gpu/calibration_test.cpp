// SPDX-License-Identifier: Apache-2.0
// Whole calibrations on devices whose kernels are stepped on the CPU.
#include "analysis/session/calibration.h"

#include <optional>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "analysis/graph/onnx_reader.h"
#include "analysis/runtime/executor.h"
#include "analysis/session/calibration_comparison.h"
#include "tests/expect_error.h"
#include "tests/gpu/delayed_backend.h"
#include "tests/gpu/failing_backend.h"
#include "tests/gpu/stepped_backend.h"

namespace clipscope::gpu {
namespace {

session::CalibrationRequest lenet(int64_t limit, int64_t batch) {
    session::CalibrationRequest request;
    const std::filesystem::path examples = CLIPSCOPE_EXAMPLES;
    request.model = examples / "lenet.onnx";
    request.samples.data = {examples / "digits"};
    request.samples.limit = limit;
    request.samples.batch = batch;
    request.method = "minmax";
    return request;
}

bool hasNote(const session::Session& session, const std::string& text) {
    return std::ranges::any_of(session.notes, [&](const std::string& note) {
        return note.find(text) != std::string::npos;
    });
}

void expectSameStatistics(const session::Session& a, const session::Session& b) {
    ASSERT_EQ(a.tensors.size(), b.tensors.size());
    EXPECT_EQ(a.samples, b.samples);
    for (size_t i = 0; i < a.tensors.size(); ++i) {
        SCOPED_TRACE(a.tensors[i].name);
        const histogram::TensorStatistics& left = a.tensors[i].statistics;
        const histogram::TensorStatistics& right = b.tensors[i].statistics;
        EXPECT_TRUE(left.histogram == right.histogram);
        EXPECT_EQ(left.channels, right.channels);
        EXPECT_EQ(left.sampleAmax, right.sampleAmax);
        EXPECT_EQ(a.tensors[i].shape, b.tensors[i].shape);
    }
}

TEST(CalibrationOnTheDevice, AmaxIsNearTheCpusAndTheInputIsEqual) {
    const auto device = makeSteppedDevice();
    session::CalibrationRequest request = lenet(6, 3);
    const session::Session cpu = session::calibrate(request);
    request.devices = {device.get()};
    const session::Session gpu = session::calibrate(request);
    EXPECT_EQ(gpu.device, "stepped");
    EXPECT_FALSE(hasNote(gpu, "on the CPU"));
    ASSERT_EQ(cpu.tensors.size(), gpu.tensors.size());
    size_t compared = 0;
    for (size_t i = 0; i < cpu.tensors.size(); ++i) {
        const auto& want = cpu.tensors[i].statistics.histogram;
        const auto& got = gpu.tensors[i].statistics.histogram;
        EXPECT_EQ(got.count(), want.count()) << cpu.tensors[i].name;
        EXPECT_NEAR(got.amax(), want.amax(), 1e-4f * want.amax()) << cpu.tensors[i].name;
        compared += want.count() > 0;
        if (cpu.tensors[i].op == "Input") {
            EXPECT_TRUE(got == want);
        }
    }
    EXPECT_GE(compared, 8u);
}

TEST(CalibrationComparison, PassesForKernelsAndFindsAnotherAmax) {
    const auto device = makeSteppedDevice();
    session::CalibrationRequest request = lenet(8, 2);
    request.method = "entropy";
    request.useGroups = false;
    session::Session cpu = session::calibrate(request);
    request.devices = {device.get()};
    const session::Session gpu = session::calibrate(request);
    const auto rows = session::compareCalibrations(gpu, cpu);
    EXPECT_GE(rows.size(), 8u);
    for (const session::TensorComparison& row : rows)
        EXPECT_TRUE(row.passed()) << row.name << " " << row.amaxError << " "
                                  << row.excessDivergence;
    for (const session::TensorComparison& row : rows) {
        const session::TensorEntry& tensor = cpu.tensors[cpu.indexOf(row.name)];
        EXPECT_EQ(row.referenceAmax, tensor.statistics.histogram.amax()) << row.name;
        // T as the session's own entropy method chose it, before it became a float32 scale.
        EXPECT_NEAR(row.referenceThreshold, static_cast<double>(tensor.current.threshold()),
                    1e-6 * row.referenceThreshold)
            << row.name;
    }
    const size_t changed = cpu.indexOf("ip2");
    cpu.tensors[changed].statistics.histogram.add(
        cpu.tensors[changed].statistics.histogram.amax() * 1.001f, 1);
    for (const session::TensorComparison& row : session::compareCalibrations(gpu, cpu))
        EXPECT_EQ(row.amaxError > session::TensorComparison::kAmaxTolerance, row.name == "ip2");
    for (const session::TensorComparison& row : session::compareCalibrations(gpu, cpu)) {
        EXPECT_EQ(row.sameCount, row.name != "ip2");
        EXPECT_EQ(row.passed(), row.name != "ip2");
    }
    cpu.samples.pop_back();
    expectError([&] { session::compareCalibrations(gpu, cpu); }, {"different"});
}

TEST(CalibrationOnTheDevice, TwoDevicesGiveWhatOneGives) {
    const auto first = makeSteppedDevice();
    const auto second = makeSteppedDevice();
    session::CalibrationRequest request = lenet(7, 2);
    request.devices = {first.get()};
    const session::Session one = session::calibrate(request);
    request.devices = {first.get(), second.get()};
    const session::Session two = session::calibrate(request);
    EXPECT_EQ(two.device, "stepped, stepped");
    expectSameStatistics(one, two);
    request.twoPass = true;
    expectError([&] { session::calibrate(request); }, {"--two-pass", "one device"});
}

TEST(CalibrationOnTheDevice, TwoPassKeepsExactBins) {
    const auto device = makeSteppedDevice();
    session::CalibrationRequest request = lenet(3, 1);
    request.twoPass = true;
    request.devices = {device.get()};
    const session::Session session = session::calibrate(request);
    for (const session::TensorEntry& tensor : session.tensors)
        if (tensor.isActivation()) {
            ASSERT_TRUE(tensor.statistics.exactAbs) << tensor.name;
            EXPECT_EQ(tensor.statistics.exactAbs->total(),
                      tensor.statistics.histogram.finiteCount());
        }
}

/// A calibration in batches of four on a device with that much memory.
session::Session inMemory(size_t bytes) {
    const auto device = makeSteppedDevice(std::make_shared<SteppedBackend>(bytes));
    session::CalibrationRequest request = lenet(4, 4);
    request.devices = {device.get()};
    return session::calibrate(request);
}

TEST(CalibrationOnTheDevice, HalvesABatchThatDoesNotFitAndCountsNothingTwice) {
    size_t tooLittle = 8u << 20;
    size_t enough = 32u << 20;
    std::optional<session::Session> halved;
    while (enough - tooLittle > (64u << 10)) {
        const size_t memory = tooLittle + (enough - tooLittle) / 2;
        try {
            session::Session session = inMemory(memory);
            (session.batch == 4 ? enough : tooLittle) = memory;
            if (session.batch < 4)
                halved = std::move(session);
        } catch (const Error&) {  // not even one sample
            tooLittle = memory;
        }
    }
    ASSERT_TRUE(halved);
    EXPECT_TRUE(hasNote(*halved, "a batch of 4 does not fit the memory of stepped; it ran with"));
    const auto roomy = makeSteppedDevice();
    session::CalibrationRequest request = lenet(4, halved->batch);
    request.devices = {roomy.get()};
    expectSameStatistics(*halved, session::calibrate(request));
}

TEST(CalibrationOnTheDevice, SaysWhenNotEvenOneSampleFits) {
    const auto device = makeSteppedDevice(std::make_shared<SteppedBackend>(100000));
    session::CalibrationRequest request = lenet(2, 2);
    request.devices = {device.get()};
    expectError([&] { session::calibrate(request); }, {"no memory left"});
}

// Of two devices the second one is short of memory: it is tried before anything is counted.
TEST(CalibrationOnTheDevice, TheSmallerDeviceDecidesAboutTheBatch) {
    const auto measured = std::make_shared<FailingBackend>();
    session::CalibrationRequest request = lenet(8, 1);
    const auto one = makeSteppedDevice(measured);
    request.devices = {one.get()};
    session::calibrate(request);
    const auto roomy = makeSteppedDevice();
    const auto small = makeSteppedDevice(std::make_shared<SteppedBackend>(measured->mostBytes()));
    request.samples.batch = 8;
    request.devices = {roomy.get(), small.get()};
    const session::Session session = session::calibrate(request);
    EXPECT_LT(session.batch, 8);
    EXPECT_TRUE(hasNote(session, "a batch of 8 does not fit the memory of stepped;"));
    request.samples.batch = session.batch;
    request.devices = {one.get()};
    expectSameStatistics(session, session::calibrate(request));
}

// Wherever memory runs out, what was counted before is not counted twice.
TEST(CalibrationOnTheDevice, RunningOutOfMemoryAnywhereHalvesTheBatch) {
    const session::CalibrationRequest plain = lenet(6, 2);
    const auto withBackend = [&](std::shared_ptr<FailingBackend> backend) {
        session::CalibrationRequest request = plain;
        const auto device = makeSteppedDevice(std::move(backend));
        request.devices = {device.get()};
        return session::calibrate(request);
    };
    const auto counted = std::make_shared<FailingBackend>();
    withBackend(counted);
    int halved = 0;
    for (int at = 0; at < counted->allocations(); at += 9) {
        const auto backend = std::make_shared<FailingBackend>();
        backend->firstRefused = at;
        backend->firstGranted = at + 2;  // the second try, too
        try {
            const session::Session session = withBackend(backend);
            SCOPED_TRACE(at);
            if (session.batch == 2)
                continue;  // what failed was not needed
            ++halved;
            EXPECT_TRUE(hasNote(session, "it ran with 1"));
            const auto device = makeSteppedDevice();
            session::CalibrationRequest request = lenet(6, 1);
            request.devices = {device.get()};
            expectSameStatistics(session, session::calibrate(request));
        } catch (const Error& error) {  // the weights have no room
            EXPECT_EQ(error.code(), ErrorCode::OutOfMemory);
        }
    }
    EXPECT_GE(halved, 3);
}

session::Session lostAt(int call, bool twoPass = false) {
    const auto backend = std::make_shared<FailingBackend>();
    backend->lastCall = call;
    const auto device = makeSteppedDevice(backend);
    session::CalibrationRequest request = lenet(8, 2);
    request.checkpoints = {};
    request.twoPass = twoPass;
    request.devices = {device.get()};
    return session::calibrate(request);
}

int callsOfAll(bool twoPass) {
    const auto backend = std::make_shared<FailingBackend>();
    const auto device = makeSteppedDevice(backend);
    session::CalibrationRequest request = lenet(8, 2);
    request.checkpoints = {};
    request.twoPass = twoPass;
    request.devices = {device.get()};
    session::calibrate(request);
    return backend->calls();
}

TEST(CalibrationOnTheDevice, ALostDeviceLeavesWholeBatches) {
    const int calls = callsOfAll(false);
    std::set<size_t> kept;
    for (int i = 1; i < 13; ++i) {
        const int call = calls * i / 13;
        SCOPED_TRACE(call);
        try {
            const session::Session session = lostAt(call);
            ASSERT_TRUE(session.isPartial);
            const size_t samples = session.samples.size();
            kept.insert(samples);
            EXPECT_TRUE(hasNote(session, "the stepped device was lost"));
            EXPECT_TRUE(hasNote(session, fmt::format("The result holds {} of 8 samples", samples)));
            const auto device = makeSteppedDevice();
            session::CalibrationRequest request = lenet(static_cast<int64_t>(samples), 2);
            request.devices = {device.get()};
            expectSameStatistics(session, session::calibrate(request));
        } catch (const Error& error) {
            EXPECT_TRUE(kept.empty()) << error.what();  // before the first checkpoint only
        }
    }
    EXPECT_GE(kept.size(), 2u);
    for (const size_t samples : kept)
        EXPECT_TRUE(samples % 2 == 0 && samples < 8) << samples;
}

TEST(CalibrationOnTheDevice, ADeviceLostInTheSecondPassLeavesTheFirst) {
    const int first = callsOfAll(false);
    const int both = callsOfAll(true);
    for (const int call : {first + 5, (first + both) / 2, both - 3}) {
        const session::Session session = lostAt(call, true);
        EXPECT_TRUE(session.isPartial);
        EXPECT_EQ(session.samples.size(), 8u);
        EXPECT_TRUE(hasNote(session, "in the second pass"));
        EXPECT_FALSE(hasNote(session, "The result holds"));
        for (const session::TensorEntry& tensor : session.tensors)
            EXPECT_FALSE(tensor.statistics.exactAbs);
    }
}

TEST(CalibrationOnTheDevice, OfTwoDevicesTheOtherLeavesAllThatItRan) {
    const auto healthy = makeSteppedDevice();
    const auto failing = std::make_shared<FailingBackend>();
    failing->lastCall = callsOfAll(false) * 2 / 5;
    const auto lost = makeSteppedDevice(failing);
    session::CalibrationRequest request = lenet(16, 2);
    request.checkpoints = {};
    request.devices = {healthy.get(), lost.get()};
    const session::Session session = session::calibrate(request);
    ASSERT_TRUE(session.isPartial);
    const size_t samples = session.samples.size();
    EXPECT_GE(samples, 4u);
    EXPECT_LT(samples, 16u);
    for (const session::TensorEntry& tensor : session.tensors) {
        if (!tensor.isActivation())
            continue;
        EXPECT_EQ(tensor.statistics.sampleAmax.size(), samples) << tensor.name;
        EXPECT_EQ(tensor.statistics.histogram.count(),
                  samples * static_cast<size_t>(tensor.shape.elementCount() / 2))
            << tensor.name;
    }
}

TEST(CalibrationOnTheDevice, InputsSentAheadArriveInTime) {
    const auto backend = std::make_shared<DelayedBackend>();
    const auto delayed = makeSteppedDevice(backend);
    const auto plain = makeSteppedDevice();
    session::CalibrationRequest request = lenet(9, 2);
    request.devices = {plain.get()};
    const session::Session expected = session::calibrate(request);
    request.devices = {delayed.get()};
    expectSameStatistics(expected, session::calibrate(request));
    EXPECT_EQ(backend->copies(Lane::Ahead), 5);
    EXPECT_EQ(backend->hurriedCopies(), 0);
}

TEST(ExecutorOnTheDevice, WeightsAreCopiedOnce) {
    const auto backend = std::make_shared<FailingBackend>();
    const auto device = makeSteppedDevice(backend);
    const graph::Graph graph = graph::readOnnx(lenet(1, 1).model);
    runtime::Executor executor(graph, *device);
    EXPECT_GT(backend->bytesToDevice(), 1000000u);
    const Tensor x(DType::Float32, {1, 1, 28, 28});
    for (int run = 0; run < 2; ++run) {
        const size_t before = backend->bytesToDevice();
        executor.run({{graph[graph.inputs[0]].name, x}});
        EXPECT_EQ(backend->bytesToDevice() - before, x.byteSize());
    }
}

}  // namespace
}  // namespace clipscope::gpu
