// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "analysis/tensor/memory_budget.h"
#include "gpu/backend.h"

namespace clipscope::gpu {

/// Pinned memory of the host, counted against the budget of the thread that made it.
class PinnedMemory {
public:
    /// Throws Error(OutOfMemory).
    PinnedMemory(std::shared_ptr<Backend> backend, size_t size);
    ~PinnedMemory();
    PinnedMemory(const PinnedMemory&) = delete;
    PinnedMemory& operator=(const PinnedMemory&) = delete;

    std::byte* data() const { return m_data; }
    size_t size() const { return m_size; }

private:
    std::shared_ptr<Backend> m_backend;
    std::shared_ptr<MemoryBudget> m_budget;
    size_t m_size;
    std::byte* m_data = nullptr;
};

}  // namespace clipscope::gpu
