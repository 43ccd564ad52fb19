// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <mutex>

namespace clipscope {

/// The memory of large host tensors, kept for the next tensor when one ends: a fresh page costs
/// more to get than an elementwise operator takes to fill it. Never holds more than the tensors
/// alive at one time have needed, and a little. Any thread may use it.
class BlockPool {
public:
    static BlockPool& instance();

    struct Block {
        void* data = nullptr;
        size_t size = 0;  ///< bytes
    };

    /// At least `bytes`, uninitialised, 64-byte aligned; null where there is no memory.
    Block take(size_t bytes) noexcept;
    /// Of take().
    void give(Block block) noexcept;
    /// Gives back to the system what no tensor uses.
    void trim() noexcept;

    size_t kept() const;  ///< bytes that no tensor uses

private:
    Block takeKept(size_t bytes) noexcept;
    void makeRoom(size_t bytes) noexcept;

    mutable std::mutex m_mutex;
    std::multimap<size_t, void*> m_free;  ///< by size
    size_t m_kept = 0;
    size_t m_used = 0;
    size_t m_most = 0;  ///< that m_used has been
};

}  // namespace clipscope
