// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <limits>

#include "analysis/base/error.h"
#include "tests/gpu/stepped_backend.h"

namespace clipscope::gpu {

/// Stops answering at its call number `lastCall` for good, and has no memory left for the
/// allocations from `firstRefused` to one before `firstGranted`.
class FailingBackend final : public SteppedBackend {
public:
    static constexpr int kNever = std::numeric_limits<int>::max();
    int lastCall = kNever;
    int firstRefused = kNever;
    int firstGranted = kNever;

    int calls() const { return m_calls; }
    int allocations() const { return m_allocations; }

    bool isAlive() const override { return m_calls < lastCall; }
    const Queue& queue() const override {
        answer();
        return SteppedBackend::queue();
    }
    std::byte* allocate(size_t size) override {
        answer();
        const int number = m_allocations++;
        if (number >= firstRefused && number < firstGranted)
            throw Error(ErrorCode::OutOfMemory, "the stepped device has no memory left");
        return SteppedBackend::allocate(size);
    }
    void toHost(std::byte* to, const std::byte* from, size_t size) override {
        answer();
        SteppedBackend::toHost(to, from, size);
    }
    void clear(std::byte* block, size_t size) override {
        answer();
        SteppedBackend::clear(block, size);
    }
    void copyIn(std::byte* to, const std::byte* pinned, size_t size, Lane lane) override {
        answer();
        m_bytesToDevice += size;
        SteppedBackend::copyIn(to, pinned, size, lane);
    }
    void record(Mark&, Lane) override { answer(); }
    void wait(const Mark&, Lane) override { answer(); }
    void await(const Mark&) override { answer(); }
    size_t bytesToDevice() const { return m_bytesToDevice; }

private:
    void answer() const {
        if (m_calls >= lastCall || ++m_calls >= lastCall)
            throw Error(ErrorCode::Io, "the stepped device was lost");
    }
    mutable std::atomic<int> m_calls = 0;
    std::atomic<int> m_allocations = 0;
    std::atomic<size_t> m_bytesToDevice = 0;
};

}  // namespace clipscope::gpu
