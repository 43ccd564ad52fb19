// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "gpu/pinned.h"

namespace clipscope::gpu {

/// Copies from any memory of the host to the device, in Lane::Work, through two pieces of pinned
/// memory in turn: while one is on its way the CPU fills the other.
class Staging {
public:
    explicit Staging(std::shared_ptr<Backend> backend) : m_backend(std::move(backend)) {}
    /// Waits for what is on its way.
    ~Staging();

    /// `from` may change when it returns.
    void copy(std::byte* to, const std::byte* from, size_t size);

private:
    static constexpr size_t kPiece = size_t{8} << 20;
    static constexpr size_t kLeast = size_t{64} << 10;
    struct Slot {
        std::optional<PinnedMemory> pinned;
        std::unique_ptr<Mark> copied;
    };
    Slot& nextSlot(size_t size);

    std::shared_ptr<Backend> m_backend;
    std::array<Slot, 2> m_slots;
    size_t m_next = 0;
};

}  // namespace clipscope::gpu
