// SPDX-License-Identifier: Apache-2.0
#include "analysis/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#ifdef CLIPSCOPE_HAVE_OPENMP
#include <omp.h>
#endif

namespace clipscope {
namespace {

std::atomic<int> g_threads{0};
thread_local int t_threads = 0;  ///< of a ThreadCountScope; 0: none

int machineThreads() {
    // Asked once: each time would read a file of the system.
    static const int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return threads;
}

/// Keeps the first exception of several threads.
class FirstException {
public:
    void capture() {
        std::lock_guard lock(m_mutex);
        if (!m_exception)
            m_exception = std::current_exception();
    }
    void rethrow() const {
        if (m_exception)
            std::rethrow_exception(m_exception);
    }

private:
    std::mutex m_mutex;
    std::exception_ptr m_exception;
};

}  // namespace

int threadCount() {
    if (t_threads > 0)
        return t_threads;
    const int threads = g_threads.load();
    return threads > 0 ? threads : machineThreads();
}

void setThreadCount(int count) {
    g_threads.store(std::max(0, count));
#ifdef CLIPSCOPE_HAVE_OPENMP
    omp_set_num_threads(threadCount());
#endif
}

ThreadCountScope::ThreadCountScope(int count)
    : m_outer(std::exchange(t_threads, std::max(1, count))) {
#ifdef CLIPSCOPE_HAVE_OPENMP
    omp_set_num_threads(threadCount());
#endif
}

ThreadCountScope::~ThreadCountScope() {
    t_threads = m_outer;
#ifdef CLIPSCOPE_HAVE_OPENMP
    omp_set_num_threads(threadCount());
#endif
}

void parallelFor(int64_t count, int64_t grain,
                 const std::function<void(int64_t, int64_t, int)>& body) {
    if (count <= 0)
        return;
    const int64_t most = std::max<int64_t>(1, count / std::max<int64_t>(1, grain));
    const int pieces = static_cast<int>(std::min<int64_t>(threadCount(), most));
    if (pieces == 1) {
        body(0, count, 0);
        return;
    }
    FirstException failure;
    auto piece = [&](int i) {
        try {
            body(count * i / pieces, count * (i + 1) / pieces, i);
        } catch (...) {
            failure.capture();
        }
    };
#ifdef CLIPSCOPE_HAVE_OPENMP
#pragma omp parallel for schedule(static, 1) num_threads(pieces)
    for (int i = 0; i < pieces; ++i)
        piece(i);
#else
    std::vector<std::thread> threads;
    for (int i = 1; i < pieces; ++i)
        threads.emplace_back(piece, i);
    piece(0);
    for (std::thread& thread : threads)
        thread.join();
#endif
    failure.rethrow();
}

void parallelForEach(int64_t count, const std::function<void(int64_t)>& body) {
    std::atomic<int64_t> next{0};
    std::atomic<bool> failed{false};
    parallelFor(std::min<int64_t>(count, threadCount()), 1, [&](int64_t, int64_t, int) {
        try {
            for (int64_t i = next++; i < count && !failed; i = next++)
                body(i);
        } catch (...) {
            failed = true;
            throw;
        }
    });
}

}  // namespace clipscope
