// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/image_formats.h"

namespace clipscope::data {
namespace {

constexpr uint32_t kOrientationTag = 0x0112;
constexpr uint32_t kShortType = 3;

/// Integers of a TIFF block, in its byte order; 0 beyond its end.
class TiffBytes {
public:
    explicit TiffBytes(std::span<const std::byte> bytes) : m_bytes(bytes) {
        m_big = !bytes.empty() && bytes[0] == std::byte{'M'};
    }

    uint32_t at(size_t offset, size_t size) const {
        if (offset > m_bytes.size() || m_bytes.size() - offset < size)
            return 0;
        uint32_t value = 0;
        for (size_t i = 0; i < size; ++i) {
            const size_t place = m_big ? i : size - 1 - i;
            value = value << 8 | static_cast<uint32_t>(m_bytes[offset + place]);
        }
        return value;
    }

private:
    std::span<const std::byte> m_bytes;
    bool m_big = false;
};

}  // namespace

int exifOrientation(std::span<const std::byte> tiff) {
    const TiffBytes bytes(tiff);
    if (bytes.at(2, 2) != 42)
        return 1;
    const size_t directory = bytes.at(4, 4);
    const uint32_t count = bytes.at(directory, 2);
    for (uint32_t i = 0; i < count; ++i) {
        const size_t entry = directory + 2 + size_t{12} * i;
        if (bytes.at(entry, 2) != kOrientationTag || bytes.at(entry + 2, 2) != kShortType)
            continue;
        const uint32_t value = bytes.at(entry + 8, 2);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

}  // namespace clipscope::data
