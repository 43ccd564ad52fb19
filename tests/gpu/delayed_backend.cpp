// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/delayed_backend.h"

#include <algorithm>

namespace clipscope::gpu {
namespace {

struct Place final : Mark {
    Lane lane = Lane::Work;
    int copies = 0;  ///< of that lane
    int reads = 0;
};

const Place& placeOf(const Mark& mark) {
    return static_cast<const Place&>(mark);
}

}  // namespace

void DelayedBackend::Copies::doUntil(int count) {
    for (; done < count; ++done) {
        std::copy_n(pending.front().pinned, pending.front().size, pending.front().to);
        pending.pop_front();
    }
}

/// What work that is queued now has to find done.
void DelayedBackend::doDue() const {
    const std::scoped_lock lock(m_mutex);
    of(Lane::Ahead).doUntil(m_workWaits);
    of(Lane::Work).doUntil(of(Lane::Work).queued);
}

const Queue& DelayedBackend::queue() const {
    doDue();
    return SteppedBackend::queue();
}

void DelayedBackend::toHost(std::byte* to, const std::byte* from, size_t size) {
    doDue();
    SteppedBackend::toHost(to, from, size);
}

void DelayedBackend::clear(std::byte* block, size_t size) {
    doDue();
    SteppedBackend::clear(block, size);
}

void DelayedBackend::multiply(const Gemm& gemm) {
    doDue();
    SteppedBackend::multiply(gemm);
}

bool DelayedBackend::convolve(const Convolution& convolution, const float* source,
                              const float* weights, float* destination, const WorkMemory& memory,
                              runtime::NodeState& state) {
    doDue();
    return SteppedBackend::convolve(convolution, source, weights, destination, memory, state);
}

void DelayedBackend::copyIn(std::byte* to, const std::byte* pinned, size_t size, Lane lane) {
    const std::scoped_lock lock(m_mutex);
    if (lane == Lane::Ahead && m_lastRead[to] > m_aheadWaits)
        ++m_hurried;
    of(lane).pending.push_back({to, pinned, size});
    ++of(lane).queued;
}

std::unique_ptr<Mark> DelayedBackend::makeMark() {
    return std::make_unique<Place>();
}

void DelayedBackend::record(Mark& mark, Lane lane) {
    const std::scoped_lock lock(m_mutex);
    auto& place = static_cast<Place&>(mark);
    place.lane = lane;
    place.copies = of(lane).queued;
    place.reads = lane == Lane::Work ? m_reads : 0;
}

void DelayedBackend::wait(const Mark& mark, Lane lane) {
    const std::scoped_lock lock(m_mutex);
    const Place& place = placeOf(mark);
    if (lane == Lane::Work && place.lane == Lane::Ahead)
        m_workWaits = std::max(m_workWaits, place.copies);
    if (lane == Lane::Ahead && place.lane == Lane::Work)
        m_aheadWaits = std::max(m_aheadWaits, place.reads);
}

void DelayedBackend::await(const Mark& mark) {
    const std::scoped_lock lock(m_mutex);
    of(placeOf(mark).lane).doUntil(placeOf(mark).copies);
}

void DelayedBackend::readNow(const std::byte* block) {
    const std::scoped_lock lock(m_mutex);
    m_lastRead[block] = ++m_reads;
}

}  // namespace clipscope::gpu
