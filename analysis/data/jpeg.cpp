// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <turbojpeg.h>

#include "analysis/base/error.h"
#include "analysis/data/image_formats.h"

namespace clipscope::data {
namespace {

struct CloseDecoder {
    void operator()(void* handle) const { tjDestroy(handle); }
};

/// Walks the marker segments before the first scan to the EXIF block.
int orientationOf(std::span<const std::byte> bytes) {
    constexpr std::string_view kExif("Exif\0\0", 6);
    size_t at = 2;
    while (at + 4 <= bytes.size() && bytes[at] == std::byte{0xff}) {
        const auto marker = static_cast<int>(bytes[at + 1]);
        if (marker == 0xff) {  // fill byte
            ++at;
            continue;
        }
        if (marker == 0xda || marker == 0xd9)
            break;
        const size_t length =
            static_cast<size_t>(bytes[at + 2]) << 8 | static_cast<size_t>(bytes[at + 3]);
        if (length < 2 || bytes.size() - at - 2 < length)
            break;
        const auto payload = bytes.subspan(at + 4, length - 2);
        const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
        if (marker == 0xe1 && text.starts_with(kExif))
            return exifOrientation(payload.subspan(kExif.size()));
        at += 2 + length;
    }
    return 1;
}

/// Junk between segments harms no pixel and cameras write it; every other warning of the decoder
/// means that pixels were made up.
bool isHarmless(std::string_view warning) {
    return warning.find("extraneous") != warning.npos;
}

}  // namespace

Image decodeJpeg(std::span<const std::byte> bytes, const std::string& what) {
    const std::unique_ptr<void, CloseDecoder> decoder(tjInitDecompress());
    if (!decoder)
        throw Error(ErrorCode::OutOfMemory, "no memory for a JPEG decoder");
    auto damaged = [&] {
        return Error(ErrorCode::BadInput, fmt::format("'{}' is a damaged JPEG image: {}", what,
                                                      tjGetErrorStr2(decoder.get())));
    };
    auto failed = [&](int status) {
        const bool warned = tjGetErrorCode(decoder.get()) == TJERR_WARNING;
        return status != 0 && !(warned && isHarmless(tjGetErrorStr2(decoder.get())));
    };
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto size = static_cast<unsigned long>(bytes.size());
    int width = 0;
    int height = 0;
    int subsampling = 0;
    int colorspace = 0;
    if (failed(tjDecompressHeader3(decoder.get(), data, size, &width, &height, &subsampling,
                                   &colorspace)))
        throw damaged();
    if (colorspace == TJCS_CMYK || colorspace == TJCS_YCCK)
        throw Error(ErrorCode::Unsupported,
                    fmt::format("'{}' is a CMYK JPEG image; convert it to RGB", what));
    checkImageSize(width, height, bytes.size(), what);

    const bool gray = colorspace == TJCS_GRAY;
    Image image(width, height, gray ? 1 : 3);
    if (failed(tjDecompress2(decoder.get(), data, size, image.data.data(), width, 0, height,
                             gray ? TJPF_GRAY : TJPF_RGB, TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)))
        throw damaged();
    image.exifOrientation = orientationOf(bytes);
    return image;
}

}  // namespace clipscope::data
