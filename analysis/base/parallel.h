// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace clipscope {

/// The number of threads that parallelFor uses on this thread (and oneDNN, through the same OpenMP
/// team).
int threadCount();

/// Sets it for the process; 0 means as many as the machine has.
void setThreadCount(int count);

/// While it lives, the thread that made it uses `count` threads: 1 for one of several that each do
/// a whole task.
class ThreadCountScope {
public:
    explicit ThreadCountScope(int count);
    ~ThreadCountScope();
    ThreadCountScope(const ThreadCountScope&) = delete;
    ThreadCountScope& operator=(const ThreadCountScope&) = delete;

private:
    int m_outer;
};

/// Calls body(begin, end, worker) over disjoint pieces that cover [0, count), on up to
/// threadCount() threads; worker is in [0, threadCount()) and no two concurrent calls share it.
/// Pieces are at least `grain` long (but the last), so small work stays on the calling thread.
/// The first exception thrown by a piece is thrown again here after all pieces ended.
void parallelFor(int64_t count, int64_t grain,
                 const std::function<void(int64_t begin, int64_t end, int worker)>& body);

/// Calls body(i) for each i in [0, count), whichever thread is free taking the next: for tasks that
/// take their time and differ in it. None is begun after one has thrown, which is thrown again
/// here.
void parallelForEach(int64_t count, const std::function<void(int64_t i)>& body);

}  // namespace clipscope
