// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/image.h"

#include <algorithm>
#include <new>
#include <string_view>

#include <fmt/format.h>

#include "analysis/base/error.h"
#include "analysis/base/mapped_file.h"
#include "analysis/data/image_formats.h"

namespace clipscope::data {
namespace {

constexpr int64_t kMostPixels = 178956970;

/// Deflate makes at most 1032 bytes of one, a byte holds at most eight pixels; JPEG stays far
/// below.
constexpr int64_t kMostPixelsPerByte = 1032 * 8;

bool beginsWith(std::span<const std::byte> bytes, std::string_view magic) {
    return bytes.size() >= magic.size() &&
           std::equal(magic.begin(), magic.end(), bytes.begin(),
                      [](char a, std::byte b) { return static_cast<std::byte>(a) == b; });
}

bool isPng(std::span<const std::byte> bytes) {
    return beginsWith(bytes, "\x89PNG\r\n\x1a\n");
}

bool isJpeg(std::span<const std::byte> bytes) {
    return beginsWith(bytes, "\xff\xd8\xff");
}

}  // namespace

Image::Image(int64_t w, int64_t h, int64_t c) : width(w), height(h), channels(c) {
    try {
        data.resize(static_cast<size_t>(w * h * c));
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::OutOfMemory, fmt::format("no memory for an image of {}x{}", w, h));
    }
}

bool looksLikeImage(std::span<const std::byte> bytes) {
    return isPng(bytes) || isJpeg(bytes);
}

Image decodeImage(std::span<const std::byte> bytes, const std::string& what) {
    if (isPng(bytes))
        return decodePng(bytes, what);
    if (isJpeg(bytes))
        return decodeJpeg(bytes, what);
    throw Error(ErrorCode::BadInput, fmt::format("'{}' is neither a PNG nor a JPEG image", what));
}

Image readImage(const std::filesystem::path& path) {
    const auto file = MappedFile::open(path);
    return decodeImage(file->bytes(), path.string());
}

void checkImageSize(int64_t width, int64_t height, size_t fileSize, const std::string& what) {
    const int64_t pixels = width * height;  // both below 2^31
    if (width <= 0 || height <= 0 || pixels > kMostPixels)
        throw Error(ErrorCode::BadInput, fmt::format("'{}' claims {}x{} pixels; up to {} are read",
                                                     what, width, height, kMostPixels));
    if (pixels / kMostPixelsPerByte > static_cast<int64_t>(fileSize))
        throw Error(ErrorCode::BadInput,
                    fmt::format("'{}' claims {}x{} pixels, more than its {} bytes can hold", what,
                                width, height, fileSize));
}

Image upright(const Image& image) {
    const int orientation = image.exifOrientation;
    if (orientation <= 1 || orientation > 8)
        return image;
    const bool transposed = orientation >= 5;
    // For the pixel at (x, y) of the result: swap the coordinates from 5 on, then mirror.
    const bool mirrorX =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool mirrorY =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    Image result(transposed ? image.height : image.width, transposed ? image.width : image.height,
                 image.channels);
    uint8_t* out = result.data.data();
    for (int64_t y = 0; y < result.height; ++y) {
        for (int64_t x = 0; x < result.width; ++x) {
            const int64_t u = transposed ? y : x;
            const int64_t v = transposed ? x : y;
            const int64_t sx = mirrorX ? image.width - 1 - u : u;
            const int64_t sy = mirrorY ? image.height - 1 - v : v;
            const auto at = static_cast<size_t>((sy * image.width + sx) * image.channels);
            out = std::copy_n(image.data.data() + at, image.channels, out);
        }
    }
    return result;
}

}  // namespace clipscope::data
