// SPDX-License-Identifier: Apache-2.0
#include "analysis/session/sample_run.h"

#include <limits>
#include <numeric>
#include <thread>

#include <gtest/gtest.h>

#include "analysis/base/parallel.h"
#include "analysis/data/npy.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/session/calibration.h"
#include "analysis/session/inference.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::session {
namespace {

/// y = Relu(x) over [batch, 3], ten samples 1..30, and the batches that a run forms of them.
class SampleRuns : public testing::Test {
protected:
    SampleRuns() {
        std::vector<float> values(30);
        std::iota(values.begin(), values.end(), 1.0f);
        data::writeNpy(m_folder / "x.npy", Tensor::of<float>({10, 3}, values));
    }
    std::filesystem::path model(int64_t batch) const {
        ModelBuilder model;
        model.input("x", {batch, 3});
        model.node("Relu", {"x"}, {"y"});
        model.output("y");
        return model.save(m_folder / "m.onnx");
    }
    SampleRequest request() const {
        SampleRequest request;
        request.data = {m_folder / "x.npy"};
        return request;
    }

    TemporaryFolder m_folder;
};

TEST_F(SampleRuns, TheRemainderIsASmallerBatch) {
    CalibrationRequest request{.model = model(-1), .samples = this->request(), .method = "minmax"};
    request.samples.batch = 4;
    std::vector<int64_t> progress;
    const Session session =
        calibrate(request, [&](const Progress& p) { progress.push_back(p.done); });
    EXPECT_EQ(progress, (std::vector<int64_t>{0, 4, 8, 10}));
    EXPECT_EQ(session.tensors[0].statistics.histogram.count(), 30u);
    EXPECT_EQ(session.samples.size(), 10u);
    EXPECT_EQ(session.samples.back(), "x.npy#9");
    ASSERT_EQ(session.tensors[1].statistics.sampleAmax.size(), 10u);
    EXPECT_EQ(session.tensors[1].statistics.sampleAmax[3].amax, 12.0f);
    EXPECT_EQ(session.tensors[1].original.scale, 30.0f / 127);
}

TEST_F(SampleRuns, ABatchBeyondTheSamplesIsAllOfThem) {
    CalibrationRequest request{.model = model(-1), .samples = this->request(), .method = "minmax"};
    request.samples.batch = std::numeric_limits<int64_t>::max();
    const Session session = calibrate(request);
    EXPECT_EQ(session.samples.size(), 10u);
    EXPECT_EQ(session.batch, 10);
}

TEST_F(SampleRuns, AFixedBatchIsPaddedAndThePaddingNotCounted) {
    const CalibrationRequest request{
        .model = model(4), .samples = this->request(), .method = "minmax"};
    const Session session = calibrate(request);
    EXPECT_EQ(session.batch, 4);
    EXPECT_EQ(session.tensors[0].statistics.histogram.count(), 30u);
    EXPECT_EQ(session.tensors[1].statistics.histogram.count(), 30u);
    EXPECT_EQ(session.tensors[1].statistics.sampleAmax.size(), 10u);
    EXPECT_TRUE(session.notes.empty());
}

// Damaged files among others: order, indices and what is skipped do not depend on threads.
TEST_F(SampleRuns, LoadingInParallelChangesNothing) {
    std::filesystem::create_directory(m_folder / "files");
    for (int i = 0; i < 13; ++i) {
        const auto path =
            m_folder / "files" / (std::string(1, static_cast<char>('a' + i)) + ".npy");
        data::writeNpy(path,
                       Tensor::of<float>({1, 3}, std::vector<float>(3, static_cast<float>(i))));
        if (i % 4 == 3)
            std::filesystem::resize_file(path, std::filesystem::file_size(path) - 4);
    }
    SampleRequest request;
    request.data = {m_folder / "files"};
    request.batch = 5;
    const std::filesystem::path model = this->model(-1);
    const graph::Graph graph = graph::readOnnx(model);
    setThreadCount(4);
    std::vector<std::vector<float>> values[2];
    std::vector<std::vector<int64_t>> samples[2];
    std::vector<SkippedSample> skipped[2];
    for (const bool parallel : {false, true}) {
        request.loadsInParallel = parallel;
        SampleRun run(graph, model, request);
        run.forEach(
            [&](const SampleBatch& batch) {
                const auto x = batch.inputs.at("x").values<float>();
                values[parallel].emplace_back(x.begin(), x.end());
                samples[parallel].push_back(batch.samples);
                EXPECT_EQ(batch.padding, -1);
            },
            "test", {}, {},
            [&, caller = std::this_thread::get_id()](SampleBatch& batch) {
                EXPECT_NE(std::this_thread::get_id(), caller);
                batch.padding = -1;
            });
        skipped[parallel] = run.skipped();
    }
    setThreadCount(0);
    EXPECT_EQ(samples[1],
              (std::vector<std::vector<int64_t>>{{0, 1, 2, 4}, {5, 6, 8, 9}, {10, 12}}));
    EXPECT_EQ(samples[0], samples[1]);
    EXPECT_EQ(values[0], values[1]);
    ASSERT_EQ(skipped[1].size(), 3u);
    for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(skipped[0][i].id, skipped[1][i].id);
        EXPECT_EQ(skipped[0][i].reason, skipped[1][i].reason);
    }
}

TEST_F(SampleRuns, AnotherBatchThanTheFixedOneIsRefused) {
    CalibrationRequest request{.model = model(4), .samples = this->request()};
    request.samples.batch = 2;
    expectError([&] { calibrate(request); }, {"fixed to 4"});
}

TEST_F(SampleRuns, AnErrorOfTheModelNamesItsFile) {
    ModelBuilder model;
    model.input("x", {-1, 3});
    model.ints("shape", {2}, {2, 2});
    model.node("Reshape", {"x", "shape"}, {"y"});
    model.output("y");
    const std::filesystem::path path = model.save(m_folder / "wrong.onnx");
    expectError([&] { calibrate({.model = path, .samples = request()}); },
                {"wrong.onnx", "Reshape node 'y'", "1x3", "2x2"});
    expectError([&] { runModel(path, request(), m_folder / "y.npz"); },
                {"wrong.onnx", "Reshape node 'y'", "1x3", "2x2"});
}

TEST_F(SampleRuns, ShardsTakeWholeBatchesOfTheGlobalOrderAndMissNothing) {
    Session whole = calibrate({.model = model(-1), .samples = request(), .method = "minmax"});
    histogram::Histogram merged;
    size_t samples = 0;
    for (int64_t shard = 0; shard < 3; ++shard) {
        CalibrationRequest part{.model = model(-1), .samples = request(), .method = "minmax"};
        part.samples.shardIndex = shard;
        part.samples.shardCount = 3;
        const Session session = calibrate(part);
        samples += session.samples.size();
        merged.merge(session.tensors[1].statistics.histogram);
    }
    EXPECT_EQ(samples, 10u);
    EXPECT_TRUE(merged == whole.tensors[1].statistics.histogram);
}

TEST_F(SampleRuns, WholeSamplesRunOneByOne) {
    std::vector<float> values(24, 1.0f);
    data::writeNpy(m_folder / "whole.npy", Tensor::of<float>({2, 4, 3}, values));
    CalibrationRequest request{.model = model(-1), .samples = {}, .method = "minmax"};
    request.samples.data = {m_folder / "whole.npy"};
    const Session session = calibrate(request);
    EXPECT_EQ(session.samples.size(), 2u);
    EXPECT_EQ(session.tensors[0].shape, (Shape{4, 3}));
    request.samples.batch = 2;
    expectError([&] { calibrate(request); }, {"--batch"});
}

TEST_F(SampleRuns, CancellingBeforeTheFirstBatchIsPartialAndEmpty) {
    const CancellationToken cancel;
    cancel.cancel();
    const Session session =
        calibrate({.model = model(-1), .samples = request(), .method = "minmax"}, {}, cancel);
    EXPECT_TRUE(session.isPartial);
    EXPECT_TRUE(session.samples.empty());
    EXPECT_EQ(session.tensors[1].current.reason, "no-data");
}

}  // namespace
}  // namespace clipscope::session
