// SPDX-License-Identifier: Apache-2.0
#include "gpu/staging.h"

#include <algorithm>
#include <cstring>

#include "analysis/base/error.h"

namespace clipscope::gpu {

Staging::~Staging() {
    for (const Slot& slot : m_slots)
        try {
            if (slot.copied)
                m_backend->await(*slot.copied);
        } catch (const Error&) {  // lost: nothing is on its way any more
        }
}

/// One whose last copy is done.
Staging::Slot& Staging::nextSlot(size_t size) {
    Slot& slot = m_slots[m_next];
    m_next = (m_next + 1) % m_slots.size();
    if (!slot.copied)
        slot.copied = m_backend->makeMark();
    m_backend->await(*slot.copied);
    if (!slot.pinned || slot.pinned->size() < size)
        slot.pinned.emplace(m_backend, std::max(size, kLeast));
    return slot;
}

void Staging::copy(std::byte* to, const std::byte* from, size_t size) {
    for (size_t done = 0; done < size;) {
        const size_t piece = std::min(size - done, kPiece);
        Slot& slot = nextSlot(piece);
        std::memcpy(slot.pinned->data(), from + done, piece);
        m_backend->copyIn(to + done, slot.pinned->data(), piece, Lane::Work);
        m_backend->record(*slot.copied, Lane::Work);
        done += piece;
    }
}

}  // namespace clipscope::gpu
