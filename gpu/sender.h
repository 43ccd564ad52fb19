// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>

#include "analysis/runtime/device.h"
#include "gpu/pool.h"

namespace clipscope::gpu {

/// Brings the inputs of runs to the device ahead of time, while it computes. Two slots take turns:
/// each has pinned memory, which the CPU fills, and as much of the device's, to which that is
/// copied in one piece in Lane::Ahead. Marks keep the order: pinned memory is filled again when it
/// was copied, the device's is written when the work that reads it is done, and work that reads it
/// waits until it was written.
class Sender {
public:
    Sender(std::shared_ptr<Backend> backend, Pool& pool);
    /// Waits for what is on its way.
    ~Sender();

    /// Null where nothing is worth sending, both slots are in use, or memory is short.
    std::unique_ptr<runtime::SentInputs> send(const std::map<std::string, Tensor>& inputs);

private:
    struct Slot;
    class Sent;
    bool makeRoom(Slot& slot, size_t size);

    std::shared_ptr<Backend> m_backend;
    Pool& m_pool;
    std::array<std::shared_ptr<Slot>, 2> m_slots;
    size_t m_next = 0;
};

}  // namespace clipscope::gpu
