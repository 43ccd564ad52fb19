// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/parallel.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/base/error.h"

namespace clipscope {
namespace {

TEST(ParallelFor, CoversEveryIndexOnce) {
    for (const int threads : {1, 2, 3, 7}) {
        setThreadCount(threads);
        for (const int64_t count : {0, 1, 2, 13, 1000}) {
            std::vector<std::atomic<int>> seen(static_cast<size_t>(count));
            parallelFor(count, 3, [&](int64_t begin, int64_t end, int worker) {
                EXPECT_LT(worker, threads);
                for (int64_t i = begin; i < end; ++i)
                    ++seen[static_cast<size_t>(i)];
            });
            for (const auto& times : seen)
                EXPECT_EQ(times, 1);
        }
    }
    setThreadCount(0);
}

TEST(ParallelFor, PassesAnExceptionOn) {
    setThreadCount(4);
    EXPECT_THROW(parallelFor(100, 1,
                             [](int64_t begin, int64_t, int) {
                                 if (begin > 0)
                                     throw Error(ErrorCode::Internal, "piece");
                             }),
                 Error);
    setThreadCount(0);
}

TEST(ParallelForEach, OneLongTaskHoldsNoOtherUp) {
    setThreadCount(2);
    std::mutex mutex;
    std::condition_variable changed;
    int done = 0;
    parallelForEach(8, [&](int64_t i) {
        std::unique_lock lock(mutex);
        const auto othersDone = [&] { return done == 7; };
        EXPECT_TRUE(i != 0 || changed.wait_for(lock, std::chrono::seconds(60), othersDone));
        ++done;
        changed.notify_all();
    });
    EXPECT_EQ(done, 8);
    setThreadCount(0);
}

TEST(ParallelForEach, PassesAnExceptionOnAndBeginsNoMore) {
    for (const int threads : {1, 4}) {
        setThreadCount(threads);
        std::atomic<int> begun{0};
        EXPECT_THROW(parallelForEach(1000,
                                     [&](int64_t i) {
                                         ++begun;
                                         if (i == 5)
                                             throw Error(ErrorCode::Internal, "task");
                                         std::this_thread::sleep_for(std::chrono::milliseconds(1));
                                     }),
                     Error);
        EXPECT_LT(begun, 500);
        parallelForEach(0, [](int64_t) { FAIL(); });
    }
    setThreadCount(0);
}

TEST(ThreadCountScope, HoldsForItsThreadAndNests) {
    setThreadCount(4);
    {
        const ThreadCountScope one(1);
        EXPECT_EQ(threadCount(), 1);
        {
            const ThreadCountScope three(3);
            EXPECT_EQ(threadCount(), 3);
        }
        EXPECT_EQ(threadCount(), 1);
        std::thread([] { EXPECT_EQ(threadCount(), 4); }).join();
        int pieces = 0;
        parallelFor(1000, 1, [&](int64_t, int64_t, int) { ++pieces; });
        EXPECT_EQ(pieces, 1);
    }
    EXPECT_EQ(threadCount(), 4);
    setThreadCount(0);
}

}  // namespace
}  // namespace clipscope
