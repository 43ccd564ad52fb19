// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/image.h"

#include <fstream>

#include <gtest/gtest.h>

#include "analysis/base/atomic_file.h"
#include "analysis/base/error.h"
#include "tests/analysis/data/expect_error.h"
#include "tests/analysis/data/preprocess_oracle.h"
#include "tests/temporary_folder.h"

namespace clipscope::data {
namespace {

Image decode(const std::string& bytes) {
    return decodeImage(std::as_bytes(std::span(bytes)), "memory");
}

TEST(Image, EqualsThePixelsThatPillowReads) {
    // Both use libjpeg-turbo with the accurate DCT, so JPEG too is exact.
    for (const char* name : kOracleImages) {
        const Image image = readImage(kPreprocess / "images" / name);
        EXPECT_EQ(largestDifference(asRgb(image), expected(std::string(name) + "/rgb")), 0) << name;
    }
}

TEST(Image, KeepsGrayGray) {
    EXPECT_EQ(readImage(kPreprocess / "images" / "camera_gray_64x80.png").channels, 1);
    EXPECT_EQ(readImage(kPreprocess / "variants" / "gray.jpg").channels, 1);
    EXPECT_EQ(readImage(kPreprocess / "variants" / "gray_alpha.png").channels, 1);
}

TEST(Image, ReadsEveryKindOfPngAndJpeg) {
    for (const char* name :
         {"bits1.png", "palette4.png", "palette8_trns.png", "gray_alpha.png", "gray_trns.png",
          "bits16_rgb.png", "bits16_gray.png", "gray.jpg", "progressive.jpg"}) {
        const Image image = readImage(kPreprocess / "variants" / name);
        EXPECT_EQ(largestDifference(asRgb(image), peer(std::string(name) + "/rgb")), 0) << name;
    }
    EXPECT_ERROR(readImage(kPreprocess / "variants" / "cmyk.jpg"), ErrorCode::Unsupported,
                 "cmyk.jpg' is a CMYK");
}

TEST(Image, TurnsAsExifSays) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
        const std::string name = "orientation" + std::to_string(orientation) + ".png";
        const Image image = readImage(kPreprocess / "variants" / name);
        EXPECT_EQ(image.exifOrientation, orientation);
        EXPECT_EQ(largestDifference(asRgb(upright(image)), peer(name + "/upright")), 0) << name;
    }
    const Image photo = readImage(kPreprocess / "images" / "exif_orient6_37x50.jpg");
    EXPECT_EQ(photo.exifOrientation, 6);
    EXPECT_EQ(largestDifference(asRgb(upright(photo)), peer("exif_orient6_37x50.jpg/upright")), 0);
    EXPECT_EQ(upright(photo).exifOrientation, 1);
}

TEST(Image, RefusesTruncation) {
    for (const char* name : {"gradient_37x50.png", "exif_orient6_37x50.jpg"}) {
        const std::string whole = readFile(kPreprocess / "images" / name);
        // The last bytes of a JPEG are its end marker, those of a PNG its end chunk.
        const size_t end = name[0] == 'g' ? whole.size() : whole.size() - 2;
        for (size_t size = 0; size < end; size += size < 64 ? 1 : 7)
            EXPECT_THROW(decode(whole.substr(0, size)), Error) << name << " " << size;
    }
    const std::string png = readFile(kPreprocess / "images" / "gradient_37x50.png");
    EXPECT_ERROR(decode(png.substr(0, 100)), ErrorCode::BadInput,
                 "'memory' is a damaged PNG image: the file is truncated");
    const std::string jpeg = readFile(kPreprocess / "images" / "cat_150x226_420.jpg");
    EXPECT_ERROR(decode(jpeg.substr(0, 5000)), ErrorCode::BadInput, "damaged JPEG");
}

TEST(Image, SurvivesDamage) {
    for (const char* name : {"gradient_37x50.png", "exif_orient6_37x50.jpg"}) {
        const std::string whole = readFile(kPreprocess / "images" / name);
        for (size_t at = 0; at < whole.size(); at += 3) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
            try {
                const Image image = decode(damaged);
                EXPECT_EQ(image.data.size(),
                          static_cast<size_t>(image.width * image.height * image.channels));
            } catch (const Error&) {
            }
        }
    }
}

TEST(Image, RefusesAbsurdSizes) {
    // The header of a PNG: width at byte 16, height at 20, its CRC (computed by Python's zlib) at
    // 29. 65535x65535 is over the limit; 13000x13000 is below it, but not in these few bytes.
    const std::string start("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    const std::string huge("\0\0\xff\xff\0\0\xff\xff\x08\2\0\0\0\x39\x67\x4e\x07", 17);
    EXPECT_ERROR(decode(start + huge), ErrorCode::BadInput, "damaged PNG");
    std::string data = readFile(kPreprocess / "images" / "gradient_37x50.png").substr(33);
    EXPECT_ERROR(decode(start + huge + data), ErrorCode::BadInput, "claims 65535x65535 pixels");
    EXPECT_ERROR(checkImageSize(13000, 13000, 1000, "a.png"), ErrorCode::BadInput,
                 "more than its 1000 bytes can hold");
    EXPECT_NO_THROW(checkImageSize(13000, 13000, 100000, "a.png"));
    EXPECT_ERROR(checkImageSize(0, 1, 1000, "a.png"), ErrorCode::BadInput, "0x1");
}

TEST(Image, NamesTheFile) {
    const TemporaryFolder folder;
    std::ofstream(folder / "text.png") << "hello";
    std::ofstream(folder / "empty.jpg") << "";
    EXPECT_ERROR(readImage(folder / "text.png"), ErrorCode::BadInput,
                 "text.png' is neither a PNG nor a JPEG");
    EXPECT_ERROR(readImage(folder / "empty.jpg"), ErrorCode::BadInput, "empty.jpg");
    EXPECT_ERROR(readImage(folder / "absent.png"), ErrorCode::Io, "absent.png");
}

}  // namespace
}  // namespace clipscope::data
