// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <numeric>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/data/npy.h"
#include "analysis/data/npz.h"
#include "analysis/graph/onnx_reader.h"
#include "analysis/session/calibration.h"
#include "analysis/session/inference.h"
#include "analysis/session/sample_run.h"
#include "tests/expect_error.h"
#include "tests/model_builder.h"
#include "tests/temporary_folder.h"

namespace clipscope::session {
namespace {

constexpr int64_t kSamples = 37;  // more than lanes may be ahead of what is reported

/// y = Transpose(Relu(x)) over samples of 2 x 500 values, 37 files of which two are damaged, on
/// three threads.
class SideBySide : public testing::Test {
protected:
    SideBySide() {
        setThreadCount(3);
        std::filesystem::create_directory(m_folder / "files");
        for (int64_t i = 0; i < kSamples; ++i) {
            std::vector<float> values(1000);
            for (size_t k = 0; k < values.size(); ++k)
                values[k] = static_cast<float>(static_cast<int>(k * 7919 % 1000) - 500 + i);
            const auto path = m_folder / "files" / (std::to_string(100 + i) + ".npy");
            data::writeNpy(path, Tensor::of<float>({1, 2, 500}, values));
            if (i == 11 || i == 30)
                std::filesystem::resize_file(path, std::filesystem::file_size(path) - 4);
        }
        m_request = {.model = model(-1), .method = "minmax"};
        m_request.samples.data = {m_folder / "files"};
    }
    ~SideBySide() override { setThreadCount(0); }

    std::filesystem::path model(int64_t batch) const {
        ModelBuilder model;
        model.input("x", {batch, 2, 500});
        model.node("Relu", {"x"}, {"r"});
        ModelBuilder::setInts(model.node("Transpose", {"r"}, {"y"}), "perm", {0, 2, 1});
        model.output("y");
        return model.save(m_folder / "m.onnx");
    }
    /// A model that makes 64 MiB of each value.
    std::filesystem::path wideModel() const {
        ModelBuilder model;
        model.input("x", {-1, 2, 500});
        model.node("ReduceMax", {"x"}, {"m"});
        model.ints("extents", {3}, {16, 1024, 1024});
        model.node("Expand", {"m", "extents"}, {"wide"});
        model.node("ReduceMin", {"wide"}, {"y"});
        model.output("y");
        return model.save(m_folder / "wide.onnx");
    }

    static void expectEqual(const Session& got, const Session& want) {
        EXPECT_EQ(got.samples, want.samples);
        ASSERT_EQ(got.skipped.size(), want.skipped.size());
        for (size_t i = 0; i < want.skipped.size(); ++i)
            EXPECT_EQ(got.skipped[i].id, want.skipped[i].id);
        EXPECT_EQ(got.notes, want.notes);
        ASSERT_EQ(got.tensors.size(), want.tensors.size());
        for (size_t i = 0; i < want.tensors.size(); ++i) {
            SCOPED_TRACE(want.tensors[i].name);
            const auto& a = got.tensors[i].statistics;
            const auto& b = want.tensors[i].statistics;
            EXPECT_TRUE(a.histogram == b.histogram);
            EXPECT_EQ(a.channels, b.channels);
            EXPECT_EQ(a.sampleAmax, b.sampleAmax);
            ASSERT_EQ(a.exactAbs.has_value(), b.exactAbs.has_value());
            if (b.exactAbs) {
                EXPECT_EQ(a.exactAbs->counts, b.exactAbs->counts);
            }
        }
    }

    TemporaryFolder m_folder;
    CalibrationRequest m_request;
};

TEST_F(SideBySide, EachBatchRunsOnceAndIsReportedToTheCaller) {
    SampleRun run(graph::readOnnx(m_request.model), m_request.model, m_request.samples);
    std::mutex mutex;
    std::set<int64_t> ran;
    std::set<std::thread::id> threads;
    std::vector<int64_t> reported;
    std::vector<int64_t> progress;
    run.forEachInLanes(
        3,
        [&](const SampleBatch& batch, size_t lane) {
            EXPECT_LT(lane, 3u);
            EXPECT_EQ(threadCount(), 1);
            EXPECT_EQ(batch.inputs.at("x").values<float>()[0],
                      static_cast<float>(batch.samples.front() - 500));
            const std::scoped_lock lock(mutex);
            EXPECT_TRUE(ran.insert(batch.samples.front()).second);
            threads.insert(std::this_thread::get_id());
        },
        [&, caller = std::this_thread::get_id()](const std::vector<int64_t>& samples) {
            EXPECT_EQ(std::this_thread::get_id(), caller);
            reported.insert(reported.end(), samples.begin(), samples.end());
        },
        "test", [&](const Progress& p) { progress.push_back(p.done); }, {});
    std::ranges::sort(reported);
    EXPECT_EQ(reported.size(), 35u);
    EXPECT_TRUE(std::ranges::equal(reported, ran));
    EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
    EXPECT_TRUE(std::ranges::is_sorted(progress));
    EXPECT_EQ(progress.back(), kSamples);
    ASSERT_EQ(run.skipped().size(), 2u);
    EXPECT_NE(run.skipped()[0].id.find("111"), std::string::npos);
    EXPECT_NE(run.skipped()[1].id.find("130"), std::string::npos);
}

TEST_F(SideBySide, AnErrorInOneLaneEndsAllAndComesOut) {
    SampleRun run(graph::readOnnx(m_request.model), m_request.model, m_request.samples);
    std::atomic<int> count = 0;
    expectError(
        [&] {
            run.forEachInLanes(
                3,
                [&](const SampleBatch&, size_t) {
                    if (++count == 5)
                        throw Error(ErrorCode::BadInput, "the fifth");
                },
                [](const std::vector<int64_t>&) {}, "test", {}, {});
        },
        {"the fifth"});
    EXPECT_LT(count, 35);
}

TEST_F(SideBySide, AnErrorOfTheCallerEndsAllLanes) {
    SampleRun run(graph::readOnnx(m_request.model), m_request.model, m_request.samples);
    expectError(
        [&] {
            run.forEachInLanes(
                3, [](const SampleBatch&, size_t) {},
                [](const std::vector<int64_t>&) { throw Error(ErrorCode::Io, "cannot note it"); },
                "test", {}, {});
        },
        {"cannot note it"});
}

TEST_F(SideBySide, NoReadableSampleIsAnError) {
    std::filesystem::create_directory(m_folder / "bad");
    for (const char* name : {"a.npy", "b.npy"})
        std::ofstream(m_folder / "bad" / name) << "no array";
    m_request.samples.data = {m_folder / "bad"};
    SampleRun run(graph::readOnnx(m_request.model), m_request.model, m_request.samples);
    expectError(
        [&] {
            run.forEachInLanes(
                2, [](const SampleBatch&, size_t) {}, [](const std::vector<int64_t>&) {}, "test",
                {}, {});
        },
        {"not one of 2 samples", "a.npy"});
}

TEST_F(SideBySide, ACalibrationIsTheSameOnOneThread) {
    for (const bool twoPass : {false, true})
        for (const int64_t batch : {1, 2}) {
            m_request.twoPass = twoPass;
            m_request.samples.batch = batch;
            setThreadCount(3);
            const Session many = calibrate(m_request);
            setThreadCount(1);
            const Session one = calibrate(m_request);
            expectEqual(many, one);
            EXPECT_EQ(many.tensors[0].statistics.histogram.count(), 35000u);
        }
}

TEST_F(SideBySide, PaddedBatchesAmongThemChangeNothing) {
    m_request.model = model(2);
    const Session many = calibrate(m_request);
    setThreadCount(1);
    expectEqual(many, calibrate(m_request));
    EXPECT_EQ(many.tensors[2].statistics.histogram.count(), 35000u);
}

TEST_F(SideBySide, ShardsMakeTheWhole) {
    const Session whole = calibrate(m_request);
    m_request.samples.shardCount = 3;
    histogram::Histogram merged;
    for (int64_t shard = 0; shard < 3; ++shard) {
        m_request.samples.shardIndex = shard;
        merged.merge(calibrate(m_request).tensors[2].statistics.histogram);
    }
    EXPECT_TRUE(merged == whole.tensors[2].statistics.histogram);
}

TEST_F(SideBySide, ACancelledOneHoldsWholeSamples) {
    const CancellationToken cancel;
    const Session session = calibrate(
        m_request,
        [&](const Progress& p) {
            if (p.done >= 9)
                cancel.cancel();
        },
        cancel);
    EXPECT_TRUE(session.isPartial);
    EXPECT_GE(session.samples.size(), 9u);
    EXPECT_LT(session.samples.size(), 35u);
    EXPECT_TRUE(std::ranges::is_sorted(session.samples));
    for (const TensorEntry& tensor : session.tensors) {
        EXPECT_EQ(tensor.statistics.histogram.count(), 1000 * session.samples.size());
        EXPECT_EQ(tensor.statistics.sampleAmax.size(), session.samples.size());
    }
}

TEST_F(SideBySide, TheLastSnapshotIsTheWholeRun) {
    std::shared_ptr<const LiveSnapshot> last;
    calibrate(m_request, {}, {}, [&](auto snapshot) { last = snapshot; });
    ASSERT_TRUE(last);
    EXPECT_EQ(last->done, 35);
    const auto& counts = last->tensors[2].bins.counts;
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), uint64_t{0}), 35000u);
}

TEST_F(SideBySide, OutputsComeInTheOrderOfTheSamples) {
    const auto report = runModel(m_request.model, m_request.samples, m_folder / "y.npz");
    EXPECT_EQ(report.samples, 35u);
    EXPECT_EQ(report.skipped.size(), 2u);
    const Tensor y = data::NpzReader(m_folder / "y.npz").read("y");
    ASSERT_EQ(y.shape(), Shape({35, 500, 2}));
    int64_t sample = 0;
    for (int64_t row = 0; row < 35; ++row, ++sample) {
        while (sample == 11 || sample == 30)
            ++sample;
        const auto values = y.rows(row, row + 1).values<float>();
        EXPECT_EQ(*std::ranges::max_element(values), static_cast<float>(499 + sample));
    }
}

TEST_F(SideBySide, BatchesThatTakeTooMuchTogetherRunOneAfterTheOther) {
    m_request.model = wideModel();
    m_request.samples.limit = 12;
    const Session session = calibrate(m_request);
    EXPECT_EQ(session.samples.size(), 11u);
    for (const TensorEntry& tensor : session.tensors)
        if (tensor.name == "wide") {
            EXPECT_EQ(tensor.statistics.histogram.count(), 11u << 24);
        }
    const auto report = runModel(m_request.model, m_request.samples, m_folder / "y.npz");
    EXPECT_EQ(report.samples, 11u);
}

}  // namespace
}  // namespace clipscope::session
