// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace clipscope::gpu {

/// visitor(U()) with the unsigned integer of that many bytes, for copying.
template <typename Visitor>
void visitSize(size_t size, Visitor&& visitor) {
    if (size == 1)
        visitor(uint8_t());
    else if (size == 2)
        visitor(uint16_t());
    else if (size == 4)
        visitor(uint32_t());
    else
        visitor(uint64_t());
}

}  // namespace clipscope::gpu
