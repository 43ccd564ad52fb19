// SPDX-License-Identifier: Apache-2.0
#include "gpu/sender.h"

#include <atomic>
#include <cstring>
#include <optional>
#include <utility>

#include "analysis/base/error.h"
#include "gpu/gpu_device.h"
#include "gpu/pinned.h"

namespace clipscope::gpu {
namespace {

/// Inputs beyond this are not worth as much pinned memory, twice.
constexpr size_t kMostBytes = size_t{512} << 20;
constexpr size_t kAlignment = 256;

size_t aligned(size_t size) {
    return (size + kAlignment - 1) / kAlignment * kAlignment;
}

bool isSent(const Tensor& tensor) {
    return tensor.isHost() && tensor.layout() == Layout::RowMajor && tensor.byteSize() > 0 &&
           !belongsOnHost(tensor.type(), tensor.elementCount());
}

}  // namespace

struct Sender::Slot {
    std::shared_ptr<Backend> backend;
    std::optional<PinnedMemory> pinned;
    Buffer memory;
    std::unique_ptr<Mark> sent;  ///< in Lane::Ahead: the copy
    std::unique_ptr<Mark> read;  ///< in Lane::Work: what reads the memory
    std::atomic<bool> isTaken = false;
};

class Sender::Sent final : public runtime::SentInputs {
public:
    Sent(std::shared_ptr<Slot> slot, std::map<std::string, Tensor> inputs)
        : m_slot(std::move(slot)), m_inputs(std::move(inputs)) {}

    ~Sent() override {
        try {
            if (m_isReceived)
                m_slot->backend->record(*m_slot->read, Lane::Work);
        } catch (const Error&) {  // the device was lost: nothing will be sent to it again
        }
        m_slot->isTaken = false;
    }

    const std::map<std::string, Tensor>& receive() override {
        m_slot->backend->wait(*m_slot->sent, Lane::Work);
        m_isReceived = true;
        return m_inputs;
    }

private:
    std::shared_ptr<Slot> m_slot;
    std::map<std::string, Tensor> m_inputs;
    bool m_isReceived = false;
};

Sender::Sender(std::shared_ptr<Backend> backend, Pool& pool)
    : m_backend(std::move(backend)), m_pool(pool) {
    for (auto& slot : m_slots) {
        slot = std::make_shared<Slot>();
        slot->backend = m_backend;
        slot->sent = m_backend->makeMark();
        slot->read = m_backend->makeMark();
    }
}

Sender::~Sender() {
    for (const auto& slot : m_slots)
        try {
            m_backend->await(*slot->sent);
        } catch (const Error&) {  // lost: nothing is on its way any more
        }
}

bool Sender::makeRoom(Slot& slot, size_t size) {
    if (slot.memory.size >= size && slot.pinned)
        return true;
    try {
        m_backend->await(*slot.sent);
        slot.pinned.reset();
        slot.memory = {};
        slot.pinned.emplace(m_backend, size);
        slot.memory = m_pool.allocate(size);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::OutOfMemory)
            throw;
        slot.pinned.reset();
        return false;
    }
    m_backend->record(*slot.read, Lane::Work);  // queued work may still use the block
    return true;
}

std::unique_ptr<runtime::SentInputs> Sender::send(const std::map<std::string, Tensor>& inputs) {
    size_t size = 0;
    for (const auto& [name, tensor] : inputs)
        if (isSent(tensor))
            size += aligned(tensor.byteSize());
    const std::shared_ptr<Slot> slot = m_slots[m_next];
    if (size == 0 || size > kMostBytes || slot->isTaken || !makeRoom(*slot, size))
        return nullptr;
    m_next = (m_next + 1) % m_slots.size();
    if (Slot& other = *m_slots[m_next]; !other.isTaken && !other.pinned)
        makeRoom(other, size);  // now, so that what is left is for the batches
    m_backend->await(*slot->sent);
    std::map<std::string, Tensor> there = inputs;
    size_t at = 0;
    for (auto& [name, tensor] : there) {
        if (!isSent(tensor))
            continue;
        std::memcpy(slot->pinned->data() + at, tensor.bytes(), tensor.byteSize());
        tensor = Tensor(
            tensor.type(), tensor.shape(),
            {slot->memory.data + at, tensor.byteSize(), MemoryKind::Cuda, slot->memory.owner});
        at += aligned(tensor.byteSize());
    }
    m_backend->wait(*slot->read, Lane::Ahead);
    m_backend->copyIn(slot->memory.data, slot->pinned->data(), size, Lane::Ahead);
    m_backend->record(*slot->sent, Lane::Ahead);
    slot->isTaken = true;
    return std::make_unique<Sent>(slot, std::move(there));
}

}  // namespace clipscope::gpu
