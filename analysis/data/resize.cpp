// SPDX-License-Identifier: Apache-2.0
#include "analysis/data/resize.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/base/error.h"

namespace clipscope::data {
namespace {

/// A strip of 1x100000 made 224 high would otherwise ask for gigabytes.
constexpr int64_t kMostPixels = int64_t{1} << 26;

struct Tap {
    int64_t first;
    int64_t second;
    float secondWeight;
};

/// area_pixel_compute_source_index of torch: half-pixel centres, never below 0.
std::vector<Tap> tapsFor(int64_t inSize, int64_t outSize) {
    const float scale = static_cast<float>(inSize) / static_cast<float>(outSize);
    std::vector<Tap> taps;
    for (int64_t out = 0; out < outSize; ++out) {
        const float at = std::max((static_cast<float>(out) + 0.5f) * scale - 0.5f, 0.0f);
        const int64_t first = std::min(static_cast<int64_t>(at), inSize - 1);
        taps.push_back({first, std::min(first + 1, inSize - 1), at - static_cast<float>(first)});
    }
    return taps;
}

FloatImage resizeLikeTorch(const Image& image, int64_t height, int64_t width) {
    const std::vector<Tap> columns = tapsFor(image.width, width);
    const std::vector<Tap> rows = tapsFor(image.height, height);
    const int64_t channels = image.channels;
    FloatImage result{width, height, channels, {}};
    result.data.reserve(static_cast<size_t>(width * height * channels));
    for (const Tap& row : rows) {
        const uint8_t* upper = image.data.data() + row.first * image.width * channels;
        const uint8_t* lower = image.data.data() + row.second * image.width * channels;
        for (const Tap& column : columns) {
            for (int64_t c = 0; c < channels; ++c) {
                auto across = [&](const uint8_t* line) {
                    return (1 - column.secondWeight) *
                               static_cast<float>(line[column.first * channels + c]) +
                           column.secondWeight *
                               static_cast<float>(line[column.second * channels + c]);
                };
                result.data.push_back((1 - row.secondWeight) * across(upper) +
                                      row.secondWeight * across(lower));
            }
        }
    }
    return result;
}

}  // namespace

bool canResize(Filter filter, ResizeLike like) {
    switch (filter) {
        case Filter::Bilinear:
            return true;
        case Filter::Nearest:
            return like != ResizeLike::Torch;
        case Filter::Bicubic:
            return like == ResizeLike::Pil;
        case Filter::Area:
            return like == ResizeLike::OpenCv;
    }
    return false;
}

FloatImage resize(const Image& image, int64_t height, int64_t width, Filter filter,
                  ResizeLike like) {
    if (!canResize(filter, like))
        throw Error(ErrorCode::Unsupported,
                    "this filter exists for another library only: bilinear is like pil, opencv or "
                    "torch, nearest like pil or opencv, bicubic like pil, area like opencv");
    if (height <= 0 || width <= 0)
        throw Error(ErrorCode::BadInput, "an image cannot be resized to nothing");
    if (height > kMostPixels / width)
        throw Error(ErrorCode::BadInput,
                    fmt::format("an image of {}x{} would be resized to {}x{}, over {} pixels",
                                image.height, image.width, height, width, kMostPixels));
    if (like == ResizeLike::Torch)
        return resizeLikeTorch(image, height, width);
    const Image resized = like == ResizeLike::Pil ? resizeLikePil(image, height, width, filter)
                                                  : resizeLikeOpenCv(image, height, width, filter);
    return {width, height, image.channels, {resized.data.begin(), resized.data.end()}};
}

}  // namespace clipscope::data
