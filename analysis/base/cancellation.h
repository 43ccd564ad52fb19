// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "analysis/base/error.h"

namespace clipscope {

/// A flag that one side raises and long work polls. Copies share the flag.
class CancellationToken {
    using Clock = std::chrono::steady_clock;

public:
    CancellationToken() : m_flag(std::make_shared<std::atomic<bool>>(false)) {}

    /// Asks the work to stop; async-signal-safe.
    void cancel() const noexcept { m_flag->store(true, std::memory_order_relaxed); }
    bool isCancelled() const noexcept {
        return m_flag->load(std::memory_order_relaxed) &&
               (m_heedsFrom == Clock::time_point() || Clock::now() >= m_heedsFrom);
    }

    /// The same flag, not heeded before `time`: for work that is better finished when it is short.
    CancellationToken heededFrom(std::chrono::steady_clock::time_point time) const {
        CancellationToken later = *this;
        later.m_heedsFrom = time;
        return later;
    }

    /// Throws Cancelled once cancel() was called.
    void check() const {
        if (isCancelled())
            throw Cancelled();
    }

private:
    std::shared_ptr<std::atomic<bool>> m_flag;
    Clock::time_point m_heedsFrom{};
};

}  // namespace clipscope
