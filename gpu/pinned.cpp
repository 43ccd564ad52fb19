// SPDX-License-Identifier: Apache-2.0
#include "gpu/pinned.h"

#include <utility>

namespace clipscope::gpu {

PinnedMemory::PinnedMemory(std::shared_ptr<Backend> backend, size_t size)
    : m_backend(std::move(backend)), m_budget(MemoryBudget::current()), m_size(size) {
    if (m_budget)
        m_budget->take(size);
    try {
        m_data = m_backend->allocatePinned(size);
    } catch (...) {
        if (m_budget)
            m_budget->giveBack(size);
        throw;
    }
}

PinnedMemory::~PinnedMemory() {
    m_backend->releasePinned(m_data);
    if (m_budget)
        m_budget->giveBack(m_size);
}

}  // namespace clipscope::gpu
