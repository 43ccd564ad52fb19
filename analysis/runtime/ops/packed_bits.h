// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace clipscope::runtime {

/// Whether elements of so many bits lie in bytes as com.microsoft packs them: 2, 4 or 8.
constexpr bool packsIntoBytes(int64_t bits) {
    return bits == 2 || bits == 4 || bits == 8;
}

constexpr int64_t packedBytes(int64_t elements, int64_t bits) {
    return (elements * bits + 7) / 8;
}

/// Element i of a row that begins at a byte; the lowest bits of a byte come first.
constexpr int packedElement(const uint8_t* row, int64_t i, int64_t bits) {
    const int64_t bit = i * bits;
    return row[bit / 8] >> (bit % 8) & ((1 << bits) - 1);
}

}  // namespace clipscope::runtime
