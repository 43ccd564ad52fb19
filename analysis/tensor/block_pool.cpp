// SPDX-License-Identifier: Apache-2.0
#include "analysis/tensor/block_pool.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#include <new>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace clipscope {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr size_t kLeast = SIZE_MAX;  // The sanitizer must see each tensor by itself.
#else
constexpr size_t kLeast = size_t{64} << 10;  ///< smaller ones malloc keeps well itself
#endif
constexpr size_t kSlack = size_t{64} << 20;  ///< that may be kept beyond the most ever used
constexpr size_t kStep = size_t{32} << 20;   ///< by which the range is opened
constexpr size_t kGranule = 256;             ///< of sizes
constexpr std::align_val_t kAlignment{64};

size_t roundedUp(size_t bytes, size_t to) {
    return (bytes + to - 1) / to * to;
}

BlockPool::Block newBlock(size_t size) noexcept {
    return {::operator new(std::max<size_t>(size, 1), kAlignment, std::nothrow), size};
}

void deleteBlock(BlockPool::Block block) noexcept {
    ::operator delete(block.data, kAlignment);
}

/// Gives back to the system the pages that lie inside.
void release(std::byte* data, size_t size) noexcept {
#ifdef __linux__
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t before = (page - std::bit_cast<uintptr_t>(data) % page) % page;
    if (size > before + page)
        madvise(data + before, (size - before) / page * page, MADV_DONTNEED);
#endif
}

}  // namespace

BlockPool& BlockPool::instance() {
    // Never destroyed: tensors of static lifetime give their blocks back later than that.
    static auto* pool = new BlockPool;
    return *pool;
}

BlockPool::~BlockPool() {
#ifdef __linux__
    if (m_begin)
        munmap(m_begin, static_cast<size_t>(m_end - m_begin));
#endif
}

/// Addresses for several times the memory there is: what is free between tensors takes no memory
/// once its pages are given back.
bool BlockPool::reserve() noexcept {
    if (m_begin || m_isRefused)
        return m_begin;
    m_isRefused = true;
#ifdef __linux__
    const auto memory =
        static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t size = roundedUp(4 * memory, kStep);
    void* data = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED)
        return false;
    m_begin = m_open = static_cast<std::byte*>(data);
    m_end = m_begin + size;
    m_isRefused = false;
#endif
    return m_begin;
}

/// Makes a free place of `bytes` at the end of what is open.
bool BlockPool::extend(size_t bytes) noexcept {
#ifdef __linux__
    if (!m_free.empty()) {
        const auto& [data, place] = *std::prev(m_free.end());
        if (data + place.size == m_open)
            bytes -= place.size;
    }
    const auto left = static_cast<size_t>(m_end - m_open);
    if (bytes > left)
        return false;
    const size_t size = std::min(left, roundedUp(bytes, kStep));
    if (mprotect(m_open, size, PROT_READ | PROT_WRITE) != 0)
        return false;
    madvise(m_open, size, MADV_HUGEPAGE);  // Without it the memory is only slower.
    try {
        addFree(m_open, {size, nullptr, nullptr});
    } catch (const std::bad_alloc&) {
        return false;
    }
    m_open += size;
    return true;
#else
    return bytes == 0;
#endif
}

BlockPool::Block BlockPool::take(size_t bytes) noexcept {
    if (bytes > PTRDIFF_MAX - kStep)
        return {};
    if (bytes < kLeast)
        return newBlock(bytes);
    bytes = roundedUp(bytes, kGranule);
    const std::scoped_lock lock(m_mutex);
    const auto hasRoom = [bytes](const auto& place) { return place.second.size >= bytes; };
    auto found = std::ranges::find_if(m_free, hasRoom);
    if (found == m_free.end() && reserve() && extend(bytes))
        found = std::prev(m_free.end());
    Block block{nullptr, bytes};
    if (found != m_free.end())
        block.data = takeFrom(found, bytes);
    else
        block = newBlock(bytes);
    if (!block.data) {
        releaseUntil(0);
        block = newBlock(bytes);
    }
    if (!block.data)
        return block;
    m_used += block.size;
    m_most = std::max(m_most, m_used);
    releaseUntil(m_most + kSlack - m_used);
    return block;
}

/// That lies behind it.
void BlockPool::Place::include(const Place& next) {
    size += next.size;
    first = kept() > 0 ? first : next.first;
    last = next.kept() > 0 ? next.last : last;
    if (kept() == 0)
        first = last = nullptr;
}

void BlockPool::Place::leaveOut(std::byte* upTo) {
    first = std::max(first, upTo);
    if (first >= last)
        first = last = nullptr;
}

std::byte* BlockPool::takeFrom(Places::iterator found, size_t bytes) noexcept {
    auto node = m_free.extract(found);
    std::byte* const data = node.key();
    Place& place = node.mapped();
    m_kept -= place.kept();
    place.size -= bytes;
    place.leaveOut(data + bytes);
    m_kept += place.kept();
    if (place.size > 0) {
        node.key() = data + bytes;
        m_free.insert(std::move(node));
    }
    return data;
}

void BlockPool::give(Block block) noexcept {
    if (block.size < kLeast)
        return deleteBlock(block);
    const std::scoped_lock lock(m_mutex);
    m_used -= block.size;
    if (!holds(block.data))
        return deleteBlock(block);
    auto* const data = static_cast<std::byte*>(block.data);
    try {
        addFree(data, {block.size, data, data + block.size});
    } catch (const std::bad_alloc&) {
        release(data, block.size);  // Its addresses are lost.
    }
}

/// Joins it with the places beside it.
void BlockPool::addFree(std::byte* data, Place place) {
    auto next = m_free.lower_bound(data);
    if (next != m_free.end() && data + place.size == next->first) {
        m_kept -= next->second.kept();
        place.include(next->second);
        next = m_free.erase(next);
    }
    if (next != m_free.begin())
        if (const auto before = std::prev(next); before->first + before->second.size == data) {
            m_kept -= before->second.kept();
            before->second.include(place);
            m_kept += before->second.kept();
            return;
        }
    m_free.emplace_hint(next, data, place);
    m_kept += place.kept();
}

/// The highest places first, which will be used again last.
void BlockPool::releaseUntil(size_t kept) noexcept {
    for (auto free = m_free.rbegin(); free != m_free.rend() && m_kept > kept; ++free) {
        Place& place = free->second;
        release(place.first, place.kept());
        m_kept -= place.kept();
        place.first = place.last = nullptr;
    }
}

void BlockPool::trim() noexcept {
    const std::scoped_lock lock(m_mutex);
    releaseUntil(0);
    m_most = m_used;
}

size_t BlockPool::kept() const {
    const std::scoped_lock lock(m_mutex);
    return m_kept;
}

}  // namespace clipscope
