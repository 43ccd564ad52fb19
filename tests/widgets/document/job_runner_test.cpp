// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/job_runner.h"

#include <QCoreApplication>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <atomic>

#include <gtest/gtest.h>

namespace clipscope::widgets {
namespace {

TEST(JobRunner, DeliversOnTheThreadOfItsOwner) {
    JobRunner runner;
    QThread* worker = nullptr;
    QThread* receiver = nullptr;
    int result = 0;
    runner.start(
        [&](const CancellationToken&, const ProgressSink&) {
            worker = QThread::currentThread();
            return 42;
        },
        [&](int value) {
            receiver = QThread::currentThread();
            result = value;
        });
    EXPECT_TRUE(runner.isRunning());
    ASSERT_TRUE(QTest::qWaitFor([&] { return result == 42; }));
    EXPECT_FALSE(runner.isRunning());
    EXPECT_EQ(receiver, QThread::currentThread());
    EXPECT_NE(worker, receiver);
}

TEST(JobRunner, DropsTheResultOfAJobThatWasReplaced) {
    JobRunner runner;
    std::vector<int> results;
    for (int i = 0; i < 20; ++i)
        runner.start([i](const CancellationToken&, const ProgressSink&) { return i; },
                     [&](int value) { results.push_back(value); });
    ASSERT_TRUE(QTest::qWaitFor([&] { return !runner.isRunning(); }));
    QCoreApplication::processEvents();
    EXPECT_EQ(results, std::vector<int>{19});
}

TEST(JobRunner, CancelStopsTheWorkAndDeliversNothing) {
    JobRunner runner;
    std::atomic<bool> stopped = false;
    bool delivered = false;
    auto work = [&](const CancellationToken& token, const ProgressSink&) {
        while (!token.isCancelled())
            QThread::msleep(1);
        stopped = true;
        return 1;
    };
    runner.start(
        work, [&](int) { delivered = true; }, [&](const QString&) { delivered = true; });
    runner.cancel();
    EXPECT_FALSE(runner.isRunning());
    ASSERT_TRUE(QTest::qWaitFor([&] { return stopped.load(); }));
    QTest::qWait(20);
    EXPECT_FALSE(delivered);
}

TEST(JobRunner, FinishDeliversWhatThereIs) {
    JobRunner runner;
    int result = 0;
    runner.start(
        [&](const CancellationToken& token, const ProgressSink&) {
            while (!token.isCancelled())
                QThread::msleep(1);
            return 7;
        },
        [&](int value) { result = value; });
    runner.finish();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !runner.isRunning(); }));
    EXPECT_EQ(result, 7);
}

TEST(JobRunner, AnErrorArrivesAsItsMessage) {
    JobRunner runner;
    QString message;
    runner.start(
        [](const CancellationToken&, const ProgressSink&) -> int {
            throw Error(ErrorCode::BadInput, "x.onnx: what to do");
        },
        [](int) {}, [&](const QString& text) { message = text; });
    ASSERT_TRUE(QTest::qWaitFor([&] { return !runner.isRunning(); }));
    EXPECT_EQ(message, "x.onnx: what to do");
}

TEST(JobRunner, ProgressArrivesAtItsEdges) {
    JobRunner runner;
    std::vector<int64_t> seen;
    QObject::connect(&runner, &JobRunner::progressed,
                     [&](const Progress& progress) { seen.push_back(progress.done); });
    runner.start(
        [](const CancellationToken&, const ProgressSink& sink) {
            for (int64_t i = 0; i <= 100000; ++i)
                sink({"s", "samples", i, 100000});
            return 0;
        },
        [](int) {});
    ASSERT_TRUE(QTest::qWaitFor([&] { return !runner.isRunning(); }));
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.front(), 0);
    EXPECT_EQ(seen.back(), 100000);
    EXPECT_LT(seen.size(), 1000u) << "throttled";
}

TEST(JobRunner, DestroyingItWaitsForTheWork) {
    std::atomic<bool> ended = false;
    {
        JobRunner runner;
        std::atomic<bool> began = false;
        runner.start(
            [&](const CancellationToken& token, const ProgressSink&) {
                began = true;
                while (!token.isCancelled())
                    QThread::msleep(1);
                QThread::msleep(20);
                ended = true;
                return 0;
            },
            [](int) {});
        ASSERT_TRUE(QTest::qWaitFor([&] { return began.load(); }));
    }
    EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace clipscope::widgets
