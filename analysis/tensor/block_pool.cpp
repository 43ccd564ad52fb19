// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/block_pool.h"

#include <algorithm>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace clipscope {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr size_t kLeast = SIZE_MAX;  // The sanitizer must see each tensor by itself.
#else
constexpr size_t kLeast = size_t{64} << 10;  ///< smaller ones malloc keeps well itself
#endif
constexpr size_t kSlack = size_t{64} << 20;  ///< that may be kept beyond the most ever used
constexpr size_t kHugePage = size_t{2} << 20;
constexpr std::align_val_t kAlignment{64};
constexpr std::align_val_t kHugeAlignment{kHugePage};

bool isHuge(size_t size) {
    return size >= 2 * kHugePage;
}

BlockPool::Block newBlock(size_t size) noexcept {
    if (!isHuge(size))
        return {::operator new(std::max<size_t>(size, 1), kAlignment, std::nothrow), size};
    void* data = ::operator new(size, kHugeAlignment, std::nothrow);
#ifdef __linux__
    if (data)
        madvise(data, size, MADV_HUGEPAGE);  // Without it the block is only slower.
#endif
    return {data, size};
}

void deleteBlock(BlockPool::Block block) noexcept {
    ::operator delete(block.data, isHuge(block.size) ? kHugeAlignment : kAlignment);
}

}  // namespace

BlockPool& BlockPool::instance() {
    // Never destroyed: tensors of static lifetime give their blocks back later than that.
    static auto* pool = new BlockPool;
    return *pool;
}

BlockPool::Block BlockPool::take(size_t bytes) noexcept {
    if (bytes < kLeast)
        return newBlock(bytes);
    const std::scoped_lock lock(m_mutex);
    Block block = takeKept(bytes);
    if (!block.data) {
        makeRoom(bytes);
        block = newBlock(bytes);
    }
    if (!block.data && !m_free.empty()) {
        makeRoom(SIZE_MAX);
        block = newBlock(bytes);
    }
    if (block.data)
        m_used += block.size;
    m_most = std::max(m_most, m_used);
    return block;
}

/// The smallest that suffices, unless most of it would lie idle.
BlockPool::Block BlockPool::takeKept(size_t bytes) noexcept {
    const auto found = m_free.lower_bound(bytes);
    if (found == m_free.end() || found->first > bytes + bytes / 2)
        return {};
    const Block block{found->second, found->first};
    m_free.erase(found);
    m_kept -= block.size;
    return block;
}

/// Frees kept blocks until `bytes` more do not exceed the most ever used: the smallest that
/// suffices, for what is freed will have to be cleared again.
void BlockPool::makeRoom(size_t bytes) noexcept {
    const size_t limit = std::max(m_most, m_used + bytes) + kSlack;
    while (!m_free.empty() && (bytes == SIZE_MAX || m_used + m_kept + bytes > limit)) {
        auto found = m_free.end();
        if (bytes != SIZE_MAX)
            found = m_free.lower_bound(m_used + m_kept + bytes - limit);
        if (found == m_free.end())
            found = std::prev(m_free.end());
        deleteBlock({found->second, found->first});
        m_kept -= found->first;
        m_free.erase(found);
    }
}

void BlockPool::give(Block block) noexcept {
    if (block.size < kLeast)
        return deleteBlock(block);
    const std::scoped_lock lock(m_mutex);
    m_used -= block.size;
    try {
        m_free.emplace(block.size, block.data);
        m_kept += block.size;
    } catch (const std::bad_alloc&) {
        deleteBlock(block);
    }
}

void BlockPool::trim() noexcept {
    const std::scoped_lock lock(m_mutex);
    makeRoom(SIZE_MAX);
    m_most = m_used;
}

size_t BlockPool::kept() const {
    const std::scoped_lock lock(m_mutex);
    return m_kept;
}

}  // namespace clipscope
