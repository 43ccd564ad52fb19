// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <mutex>

#include "tests/gpu/stepped_backend.h"

namespace clipscope::gpu {

/// Copies in Lane::Ahead are done as late as the marks allow: when work is queued that waits for
/// them, or when the CPU awaits them. So what forgets to wait sees poison, and what fills pinned
/// memory too early sends the wrong data. Work is done at once, as kernels are stepped; that a copy
/// waits for it is checked.
class DelayedBackend final : public SteppedBackend {
public:
    const Queue& queue() const override;
    void toHost(std::byte* to, const std::byte* from, size_t size) override;
    void sendAhead(std::byte* to, const std::byte* pinned, size_t size) override;
    std::unique_ptr<Mark> makeMark() override;
    void record(Mark& mark, Lane lane) override;
    void wait(const Mark& mark, Lane lane) override;
    void await(const Mark& mark) override;
    void synchronize() override;

    /// Work that reads the memory at `block` is queued now.
    void readNow(const std::byte* block);
    /// Copies that did not wait for work which reads what they write.
    int hurriedCopies() const { return m_hurried; }
    int copies() const { return m_copied + static_cast<int>(m_pending.size()); }

private:
    struct Copy {
        std::byte* to;
        const std::byte* pinned;
        size_t size;
    };
    void copyUntil(int count) const;

    mutable std::mutex m_mutex;  ///< two threads may use it
    mutable std::deque<Copy> m_pending;
    mutable int m_copied = 0;
    int m_workWaits = 0;  ///< copies that work waits for
    int m_work = 0;       ///< what readNow() counted
    int m_aheadWaits = 0;
    int m_hurried = 0;
    std::map<const std::byte*, int> m_lastRead;
};

}  // namespace clipscope::gpu
