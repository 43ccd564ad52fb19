// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <mutex>

namespace clipscope {

/// The memory of large host tensors. Each gets the lowest place that has room for it, in one range
/// of addresses: what a run touches is then little more than what is alive at one time, which the
/// processor's caches hold sooner than one block for each size of tensor. A place that is free
/// keeps its pages for the next tensor: a fresh page costs more to get than an elementwise operator
/// takes to fill it. Any thread may use it.
class BlockPool {
public:
    static BlockPool& instance();

    BlockPool() = default;
    ~BlockPool();
    BlockPool(const BlockPool&) = delete;
    BlockPool& operator=(const BlockPool&) = delete;

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
    struct Place {
        size_t size = 0;
        std::byte* first = nullptr;  ///< [first, last): what of it may have pages
        std::byte* last = nullptr;

        size_t kept() const { return static_cast<size_t>(last - first); }
        void include(const Place& next);
        void leaveOut(std::byte* upTo);
    };
    using Places = std::map<std::byte*, Place>;

    bool reserve() noexcept;
    bool extend(size_t bytes) noexcept;
    std::byte* takeFrom(Places::iterator place, size_t bytes) noexcept;
    void addFree(std::byte* data, Place place);
    void releaseUntil(size_t kept) noexcept;
    bool holds(const void* data) const { return data >= m_begin && data < m_end; }

    mutable std::mutex m_mutex;
    std::byte* m_begin = nullptr;  ///< of the addresses that are reserved
    std::byte* m_open = nullptr;   ///< up to here they can be written
    std::byte* m_end = nullptr;
    bool m_isRefused = false;  ///< the system reserved none
    Places m_free;             ///< up to m_open; no two of them adjacent
    size_t m_kept = 0;
    size_t m_used = 0;
    size_t m_most = 0;  ///< that m_used has been
};

}  // namespace clipscope
