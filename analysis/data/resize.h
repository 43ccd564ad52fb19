// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/data/image.h"

namespace clipscope::data {

enum class Filter { Nearest, Bilinear, Bicubic, Area };

/// Whose arithmetic a resize follows; the same filter differs by up to 98 of 255 between them.
enum class ResizeLike {
    Pil,     ///< Pillow's Image.resize (torchvision on PIL images): antialiased
    OpenCv,  ///< cv2.resize on uint8: no antialiasing
    Torch,   ///< torch interpolate(align_corners=False, antialias=False) on float32
};

/// Interleaved pixels in 0..255 as float32; the layout of Image.
struct FloatImage {
    int64_t width = 0;
    int64_t height = 0;
    int64_t channels = 0;
    std::vector<float> data;
};

/// Whether resize() knows the pair: bilinear with all three, nearest with Pil and OpenCv, bicubic
/// with Pil (a = -0.5), area with OpenCv.
bool canResize(Filter filter, ResizeLike like);

/// Resizes to height x width. Pil and OpenCv give the integers that these libraries give, to the
/// bit (Pillow 13 src/libImaging/Resample.c; OpenCV 4 and 5 modules/imgproc/src/resize.cpp), Torch
/// float32. Throws Error(Unsupported) where canResize() is false, Error(BadInput) for an empty
/// target.
FloatImage resize(const Image& image, int64_t height, int64_t width, Filter filter,
                  ResizeLike like);

/// The integer arithmetics by themselves.
Image resizeLikePil(const Image& image, int64_t height, int64_t width, Filter filter);
Image resizeLikeOpenCv(const Image& image, int64_t height, int64_t width, Filter filter);

}  // namespace clipscope::data
