// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/delayed_backend.h"

#include <algorithm>

namespace clipscope::gpu {
namespace {

struct Place final : Mark {
    int copies = 0;  ///< in Lane::Ahead
    int work = 0;    ///< in Lane::Work
};

}  // namespace

void DelayedBackend::copyUntil(int count) const {
    for (; m_copied < count; ++m_copied) {
        const Copy& copy = m_pending.front();
        std::copy_n(copy.pinned, copy.size, copy.to);
        m_pending.pop_front();
    }
}

const Queue& DelayedBackend::queue() const {
    const std::scoped_lock lock(m_mutex);
    copyUntil(m_workWaits);
    return SteppedBackend::queue();
}

void DelayedBackend::toHost(std::byte* to, const std::byte* from, size_t size) {
    const std::scoped_lock lock(m_mutex);
    copyUntil(m_workWaits);
    SteppedBackend::toHost(to, from, size);
}

void DelayedBackend::sendAhead(std::byte* to, const std::byte* pinned, size_t size) {
    const std::scoped_lock lock(m_mutex);
    if (m_lastRead[to] > m_aheadWaits)
        ++m_hurried;
    m_pending.push_back({to, pinned, size});
}

std::unique_ptr<Mark> DelayedBackend::makeMark() {
    return std::make_unique<Place>();
}

void DelayedBackend::record(Mark& mark, Lane lane) {
    const std::scoped_lock lock(m_mutex);
    auto& place = static_cast<Place&>(mark);
    if (lane == Lane::Ahead)
        place.copies = copies();
    else
        place.work = m_work;
}

void DelayedBackend::wait(const Mark& mark, Lane lane) {
    const std::scoped_lock lock(m_mutex);
    const auto& place = static_cast<const Place&>(mark);
    if (lane == Lane::Work)
        m_workWaits = std::max(m_workWaits, place.copies);
    else
        m_aheadWaits = std::max(m_aheadWaits, place.work);
}

void DelayedBackend::await(const Mark& mark) {
    const std::scoped_lock lock(m_mutex);
    copyUntil(static_cast<const Place&>(mark).copies);
}

void DelayedBackend::synchronize() {
    const std::scoped_lock lock(m_mutex);
    copyUntil(m_workWaits);
}

void DelayedBackend::readNow(const std::byte* block) {
    const std::scoped_lock lock(m_mutex);
    m_lastRead[block] = ++m_work;
}

}  // namespace clipscope::gpu
