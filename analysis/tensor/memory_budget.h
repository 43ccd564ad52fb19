// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace clipscope {

/// What the host memory of tensors may come to while one piece of work runs. Shapes are data: a
/// file of a kilobyte can ask for a terabyte, and an operating system that overcommits would grant
/// it.
class MemoryBudget {
public:
    /// `limit` in bytes; `reason` ends the message of a refusal: where the limit comes from and
    /// what to do.
    MemoryBudget(size_t limit, std::string reason);

    size_t limit() const { return m_limit; }
    size_t used() const { return m_used.load(std::memory_order_relaxed); }

    /// Counts an allocation of `bytes`, or throws Error(OutOfMemory).
    void take(size_t bytes);
    void giveBack(size_t bytes) noexcept;
    /// Throws Error(OutOfMemory) where `bytes` more would not be granted.
    void requireRoom(size_t bytes) const;

    /// The budget of this thread; null where nothing is counted.
    static std::shared_ptr<MemoryBudget> current();

    /// While it lives, allocateHost on this thread counts against the budget. Scopes nest.
    class Scope {
    public:
        explicit Scope(std::shared_ptr<MemoryBudget> budget);
        ~Scope();
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

    private:
        std::shared_ptr<MemoryBudget> m_outer;
    };

private:
    const size_t m_limit;
    const std::string m_reason;
    std::atomic<size_t> m_used{0};
};

/// Throws Error(OutOfMemory) where the budget of this thread would not grant `count` elements of
/// `bytesEach`: for working memory whose size a model chooses, before it is taken elsewhere.
void requireRoom(int64_t count, size_t bytesEach);

/// "3.7 GiB", "12 KiB": for messages.
std::string byteText(size_t bytes);

}  // namespace clipscope
