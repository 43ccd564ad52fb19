// SPDX-License-Identifier: Apache-2.0
#include "gpu/pool.h"

#include <algorithm>
#include <bit>
#include <map>
#include <mutex>
#include <vector>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::gpu {

struct Pool::State {
    explicit State(std::shared_ptr<Backend> made) : backend(std::move(made)) {}
    ~State() { trim(); }

    void trim() {
        for (auto& [size, blocks] : unused)
            for (std::byte* block : blocks) {
                backend->release(block);
                reserved -= size;
            }
        unused.clear();
    }

    std::shared_ptr<Backend> backend;
    std::mutex mutex;
    std::map<size_t, std::vector<std::byte*>> unused;  ///< by size
    size_t reserved = 0;
};

/// Deletes an owner of a block.
struct Pool::GiveBack {
    std::shared_ptr<State> state;
    size_t size;
    Tensor copyOf;

    void operator()(const void* block) const {
        const std::scoped_lock lock(state->mutex);
        state->unused[size].push_back(const_cast<std::byte*>(static_cast<const std::byte*>(block)));
    }
};

size_t blockSize(size_t size) {
    constexpr size_t kLeast = 512;
    if (size <= kLeast)
        return kLeast;
    const size_t step = std::max(kLeast, std::bit_floor(size) / 8);
    return (size + step - 1) / step * step;
}

Pool::Pool(std::shared_ptr<Backend> backend)
    : m_state(std::make_shared<State>(std::move(backend))) {}

Buffer Pool::allocate(size_t size, Tensor copyOf) {
    const size_t rounded = blockSize(size);
    std::byte* block = nullptr;
    {
        const std::scoped_lock lock(m_state->mutex);
        std::vector<std::byte*>& unused = m_state->unused[rounded];
        if (!unused.empty()) {
            block = unused.back();
            unused.pop_back();
        } else {
            try {
                block = m_state->backend->allocate(rounded);
            } catch (const Error& error) {
                if (error.code() != ErrorCode::OutOfMemory)
                    throw;
                m_state->trim();
                block = m_state->backend->allocate(rounded);
            }
            m_state->reserved += rounded;
        }
    }
    std::shared_ptr<const void> owner(static_cast<const void*>(block),
                                      GiveBack{m_state, rounded, std::move(copyOf)});
    return {block, size, MemoryKind::Cuda, std::move(owner)};
}

Tensor Pool::original(const Tensor& tensor) {
    const auto& owner = tensor.buffer().owner;
    const auto* giveBack = owner ? std::get_deleter<GiveBack>(owner) : nullptr;
    if (!giveBack || owner.get() != tensor.bytes() ||
        giveBack->copyOf.byteSize() != tensor.byteSize() ||
        giveBack->copyOf.type() != tensor.type())
        return {};
    return giveBack->copyOf.reshaped(tensor.shape());
}

void Pool::forgetOriginal(const Tensor& tensor) {
    const auto& owner = tensor.buffer().owner;
    if (auto* giveBack = owner ? std::get_deleter<GiveBack>(owner) : nullptr)
        giveBack->copyOf = {};
}

size_t Pool::reservedBytes() const {
    const std::scoped_lock lock(m_state->mutex);
    return m_state->reserved;
}

void Pool::trim() {
    const std::scoped_lock lock(m_state->mutex);
    m_state->trim();
}

}  // namespace clipscope::gpu
