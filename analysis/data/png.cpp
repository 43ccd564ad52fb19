// SPDX-License-Identifier: Apache-2.0
#include <csetjmp>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <png.h>

#include "analysis/base/error.h"
#include "analysis/data/image_formats.h"

namespace clipscope::data {
namespace {

/// libpng reports errors by longjmp, which skips destructors: everything that owns memory lives
/// here, outside the functions it jumps out of.
struct PngDecoder {
    std::span<const std::byte> rest;
    png_structp png = nullptr;
    png_infop info = nullptr;
    char message[128] = "";
    Image image;
    std::vector<png_bytep> rows;

    explicit PngDecoder(std::span<const std::byte> bytes);
    ~PngDecoder() { png_destroy_read_struct(&png, &info, nullptr); }
    PngDecoder(const PngDecoder&) = delete;
    PngDecoder& operator=(const PngDecoder&) = delete;

    bool readHeader();
    bool readPixels();
};

void readBytes(png_structp png, png_bytep target, size_t size) {
    auto* decoder = static_cast<PngDecoder*>(png_get_io_ptr(png));
    if (decoder->rest.size() < size)
        png_error(png, "the file is truncated");
    std::memcpy(target, decoder->rest.data(), size);
    decoder->rest = decoder->rest.subspan(size);
}

[[noreturn]] void onError(png_structp png, png_const_charp message) {
    auto* decoder = static_cast<PngDecoder*>(png_get_error_ptr(png));
    std::strncpy(decoder->message, message, sizeof decoder->message - 1);
    png_longjmp(png, 1);
}

void onWarning(png_structp, png_const_charp) {}  // libpng would print it

PngDecoder::PngDecoder(std::span<const std::byte> bytes) : rest(bytes) {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, onError, onWarning);
    info = png ? png_create_info_struct(png) : nullptr;
    if (!info) {
        png_destroy_read_struct(&png, nullptr, nullptr);
        throw Error(ErrorCode::OutOfMemory, "no memory for a PNG decoder");
    }
    png_set_read_fn(png, this, readBytes);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);  // checkImageSize decides
}

bool PngDecoder::readHeader() {
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_read_info(png, info);
    if (png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(png);
    else if (png_get_bit_depth(png, info) < 8)
        png_set_expand_gray_1_2_4_to_8(png);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    return true;
}

bool PngDecoder::readPixels() {
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_read_image(png, rows.data());
    png_read_end(png, info);
    png_bytep exif = nullptr;
    png_uint_32 size = 0;
    if (png_get_eXIf_1(png, info, &size, &exif) != 0)
        image.exifOrientation =
            exifOrientation({reinterpret_cast<const std::byte*>(exif), size_t{size}});
    return true;
}

}  // namespace

Image decodePng(std::span<const std::byte> bytes, const std::string& what) {
    PngDecoder decoder(bytes);
    auto damaged = [&] {
        return Error(ErrorCode::BadInput,
                     fmt::format("'{}' is a damaged PNG image: {}", what, decoder.message));
    };
    if (!decoder.readHeader())
        throw damaged();
    const int64_t width = png_get_image_width(decoder.png, decoder.info);
    const int64_t height = png_get_image_height(decoder.png, decoder.info);
    checkImageSize(width, height, bytes.size(), what);

    const int64_t channels = png_get_channels(decoder.png, decoder.info);
    const auto stride = static_cast<size_t>(width * channels);
    if ((channels != 1 && channels != 3) || png_get_rowbytes(decoder.png, decoder.info) != stride)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("'{}' is a PNG image of {} channels", what, channels));
    decoder.image = Image(width, height, channels);
    for (size_t y = 0; y < static_cast<size_t>(height); ++y)
        decoder.rows.push_back(decoder.image.data.data() + y * stride);
    if (!decoder.readPixels())
        throw damaged();
    return std::move(decoder.image);
}

}  // namespace clipscope::data
