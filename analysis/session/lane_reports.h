// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/base/parallel.h"
#include "analysis/session/session.h"

namespace clipscope::session {

/// What the threads of SampleRun::forEachInLanes and the one that called it tell each other.
struct LaneReports {
    struct Ended {
        int64_t batch = 0;
        std::vector<int64_t> samples;
        std::vector<SkippedSample> skipped;
    };

    static constexpr size_t kMostEnded = 16;

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Ended> ended;
    size_t running = 0;
    std::exception_ptr failure;  ///< the first
    std::atomic<bool> stops{false};
    std::atomic<int64_t> next{0};

    /// When it goes, the threads come to an end.
    struct Stop {
        explicit Stop(LaneReports& lanes) : of(lanes) {}
        ~Stop() {
            const std::scoped_lock lock(of.mutex);
            of.stops = true;
            of.changed.notify_all();
        }
        Stop(const Stop&) = delete;
        Stop& operator=(const Stop&) = delete;
        LaneReports& of;
    };

    /// `work` says whether there is more.
    template <typename Work>
    void runLane(Work&& work) {
        try {
            const ThreadCountScope one(1);
            while (!stops && work()) {
            }
        } catch (...) {
            const std::scoped_lock lock(mutex);
            if (!stops.exchange(true))
                failure = std::current_exception();
        }
        const std::scoped_lock lock(mutex);
        --running;
        changed.notify_all();
    }

    /// Waits where the calling thread is many batches behind.
    void report(Ended one) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return ended.size() < kMostEnded || stops; });
        ended.push_back(std::move(one));
        changed.notify_all();
    }

    /// The next one that ended; none once all threads did.
    std::optional<Ended> wait() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return !ended.empty() || running == 0; });
        if (ended.empty())
            return {};
        Ended one = std::move(ended.front());
        ended.pop_front();
        changed.notify_all();
        return one;
    }
};

}  // namespace clipscope::session
