// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "analysis/data/image.h"

namespace clipscope::data {

/// The decoders behind decodeImage; errors as there.
Image decodePng(std::span<const std::byte> bytes, const std::string& what);
Image decodeJpeg(std::span<const std::byte> bytes, const std::string& what);

/// The orientation (1 to 8) in a TIFF block, the payload of EXIF after "Exif\0\0"; 1 where it says
/// none or is damaged: a wrong orientation tag is no reason to refuse an image.
int exifOrientation(std::span<const std::byte> tiff);

}  // namespace clipscope::data
