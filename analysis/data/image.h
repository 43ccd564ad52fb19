// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace clipscope::data {

/// Interleaved 8-bit pixels, rows from the top, no padding: data[(y * width + x) * channels + c].
struct Image {
    int64_t width = 0;
    int64_t height = 0;
    int64_t channels = 0;     ///< 1 gray, 3 RGB
    int exifOrientation = 1;  ///< 1 to 8 as EXIF numbers them; noted, not applied
    std::vector<uint8_t> data;

    Image() = default;
    /// Zeros. Throws Error(OutOfMemory).
    Image(int64_t w, int64_t h, int64_t c);
};

/// Reads a PNG or a JPEG, told apart by content. PNG: palettes are looked up, alpha is dropped
/// without blending, of 16 bits the high byte is kept, gamma is ignored. JPEG: the accurate DCT and
/// smooth chroma upsampling, as PIL and OpenCV decode; CMYK is refused. Throws Error naming the
/// file: Io (cannot be opened), BadInput (truncated, damaged, no image), Unsupported.
Image readImage(const std::filesystem::path& path);

/// The same from memory; `what` names the image in errors.
Image decodeImage(std::span<const std::byte> bytes, const std::string& what);

/// Whether the bytes begin as a PNG or a JPEG does.
bool looksLikeImage(std::span<const std::byte> bytes);

/// Turned and mirrored as exifOrientation says, which is then 1.
Image upright(const Image& image);

/// Refuses (BadInput) a size that nobody has, before memory is taken for it: over 178,956,970
/// pixels, where PIL refuses too, or more than `fileSize` compressed bytes can hold.
void checkImageSize(int64_t width, int64_t height, size_t fileSize, const std::string& what);

}  // namespace clipscope::data
