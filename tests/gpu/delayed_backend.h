// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <map>
#include <mutex>

#include "tests/gpu/stepped_backend.h"

namespace clipscope::gpu {

/// Copies to the device are done as late as the order allows: those of Lane::Work when other work
/// is queued, those of Lane::Ahead when work is that waits for them, either when the CPU awaits
/// them. So what forgets to wait sees poison, and what fills pinned memory too early sends the
/// wrong data. Other work is done at once, as kernels are stepped; that a copy waits for it is
/// checked.
class DelayedBackend final : public SteppedBackend {
public:
    const Queue& queue() const override;
    void toHost(std::byte* to, const std::byte* from, size_t size) override;
    void clear(std::byte* block, size_t size) override;
    void synchronize() override { doDue(); }
    void multiply(const Gemm& gemm) override;
    bool convolve(const Convolution& convolution, const float* source, const float* weights,
                  float* destination, const WorkMemory& memory, runtime::NodeState& state) override;

    void copyIn(std::byte* to, const std::byte* pinned, size_t size, Lane lane) override;
    std::unique_ptr<Mark> makeMark() override;
    void record(Mark& mark, Lane lane) override;
    void wait(const Mark& mark, Lane lane) override;
    void await(const Mark& mark) override;

    /// Work that reads the memory at `block` is queued now.
    void readNow(const std::byte* block);
    /// Copies ahead that did not wait for work which reads what they write.
    int hurriedCopies() const { return m_hurried; }
    int copies(Lane lane) const { return m_copies[static_cast<size_t>(lane)].queued; }

private:
    struct Copy {
        std::byte* to;
        const std::byte* pinned;
        size_t size;
    };
    struct Copies {
        std::deque<Copy> pending;
        int queued = 0;
        int done = 0;
        void doUntil(int count);
    };
    Copies& of(Lane lane) const { return m_copies[static_cast<size_t>(lane)]; }
    void doDue() const;

    mutable std::mutex m_mutex;  ///< two threads may use it
    mutable std::array<Copies, 2> m_copies;
    int m_workWaits = 0;   ///< copies ahead that work waits for
    int m_reads = 0;       ///< what readNow() counted
    int m_aheadWaits = 0;  ///< how many of them copies ahead wait for
    int m_hurried = 0;
    std::map<const std::byte*, int> m_lastRead;
};

}  // namespace clipscope::gpu
