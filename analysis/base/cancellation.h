// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "analysis/base/error.h"

namespace clipscope {

/// A flag that one side raises and long work polls. Copies share the flag.
class CancellationToken {
public:
    CancellationToken() : m_flag(std::make_shared<std::atomic<bool>>(false)) {}

    /// Asks the work to stop; async-signal-safe.
    void cancel() const noexcept { m_flag->store(true, std::memory_order_relaxed); }
    bool isCancelled() const noexcept { return m_flag->load(std::memory_order_relaxed); }

    /// Throws Cancelled once cancel() was called.
    void check() const {
        if (isCancelled())
            throw Cancelled();
    }

private:
    std::shared_ptr<std::atomic<bool>> m_flag;
};

}  // namespace clipscope
