// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/data/resize.h"

namespace clipscope::data {
namespace {

/// Two neighbours and their weights in 11-bit fixed point.
struct Tap {
    int64_t first;
    int64_t second;
    int32_t firstWeight;
    int32_t secondWeight;
};

double ratio(int64_t inSize, int64_t outSize) {
    return 1.0 / (static_cast<double>(outSize) / static_cast<double>(inSize));
}

/// `area` is how INTER_AREA enlarges: linear with pixel edges in place of pixel centres. Beyond the
/// border columns take one pixel whole; rows blend one row with itself, which truncates twice.
std::vector<Tap> tapsFor(int64_t inSize, int64_t outSize, bool area, bool blendBeyond) {
    const double scale = ratio(inSize, outSize);
    const double inverse = static_cast<double>(outSize) / static_cast<double>(inSize);
    std::vector<Tap> taps;
    for (int64_t out = 0; out < outSize; ++out) {
        const auto o = static_cast<double>(out);
        int64_t at = 0;
        float fraction = 0;
        if (area) {
            at = static_cast<int64_t>(std::floor(o * scale));
            fraction = static_cast<float>(o + 1 - static_cast<double>(at + 1) * inverse);
            fraction = fraction <= 0 ? 0.0f : fraction - std::floor(fraction);
        } else {
            fraction = static_cast<float>((o + 0.5) * scale - 0.5);
            at = static_cast<int64_t>(std::floor(fraction));
            fraction -= static_cast<float>(at);
        }
        if (!blendBeyond && (at < 0 || at >= inSize - 1))
            fraction = 0;
        taps.push_back({std::clamp<int64_t>(at, 0, inSize - 1),
                        std::clamp<int64_t>(at + 1, 0, inSize - 1),
                        static_cast<int32_t>(std::lrint((1.0f - fraction) * 2048.0f)),
                        static_cast<int32_t>(std::lrint(fraction * 2048.0f))});
    }
    return taps;
}

/// HResizeLinear and VResizeLinear for uchar, with the shifts of the latter.
Image linear(const Image& image, int64_t height, int64_t width, bool area) {
    const std::vector<Tap> columns = tapsFor(image.width, width, area, false);
    const std::vector<Tap> rows = tapsFor(image.height, height, area, true);
    const int64_t channels = image.channels;
    auto horizontal = [&](int64_t y, std::vector<int32_t>& out) {
        const uint8_t* row = image.data.data() + y * image.width * channels;
        size_t at = 0;
        for (const Tap& tap : columns) {
            for (int64_t c = 0; c < channels; ++c)
                out[at++] = row[tap.first * channels + c] * tap.firstWeight +
                            row[tap.second * channels + c] * tap.secondWeight;
        }
    };
    Image result(width, height, channels);
    std::vector<int32_t> upper(static_cast<size_t>(width * channels));
    std::vector<int32_t> lower(upper.size());
    uint8_t* out = result.data.data();
    for (const Tap& tap : rows) {
        horizontal(tap.first, upper);
        horizontal(tap.second, lower);
        for (size_t i = 0; i < upper.size(); ++i) {
            const int32_t sum = ((tap.firstWeight * (upper[i] >> 4)) >> 16) +
                                ((tap.secondWeight * (lower[i] >> 4)) >> 16);
            *out++ = static_cast<uint8_t>((sum + 2) >> 2);
        }
    }
    return result;
}

/// computeResizeAreaTab: which inputs an output covers and by how much of itself.
struct Share {
    int64_t in;
    int64_t out;
    float weight;
};

std::vector<Share> sharesFor(int64_t inSize, int64_t outSize) {
    const double scale = ratio(inSize, outSize);
    std::vector<Share> shares;
    for (int64_t out = 0; out < outSize; ++out) {
        const double begin = static_cast<double>(out) * scale;
        const double end = begin + scale;
        const double cell = std::min(scale, static_cast<double>(inSize) - begin);
        int64_t first = static_cast<int64_t>(std::ceil(begin));
        const int64_t last = std::min(static_cast<int64_t>(std::floor(end)), inSize - 1);
        first = std::min(first, last);
        if (static_cast<double>(first) - begin > 1e-3)
            shares.push_back(
                {first - 1, out, static_cast<float>((static_cast<double>(first) - begin) / cell)});
        for (int64_t in = first; in < last; ++in)
            shares.push_back({in, out, static_cast<float>(1.0 / cell)});
        const double tail = end - static_cast<double>(last);
        if (tail > 1e-3)
            shares.push_back(
                {last, out, static_cast<float>(std::min(std::min(tail, 1.0), cell) / cell)});
    }
    return shares;
}

uint8_t rounded(float value) {
    return static_cast<uint8_t>(std::clamp<long>(std::lrint(value), 0, 255));
}

/// Whole numbers of pixels: the integer sum, then one multiplication.
Image areaOfWholePixels(const Image& image, int64_t height, int64_t width) {
    const int64_t sx = image.width / width;
    const int64_t sy = image.height / height;
    const float inverse = 1.0f / static_cast<float>(sx * sy);
    Image result(width, height, image.channels);
    uint8_t* out = result.data.data();
    for (int64_t y = 0; y < height; ++y) {
        for (int64_t x = 0; x < width; ++x) {
            for (int64_t c = 0; c < image.channels; ++c) {
                int32_t sum = 0;
                for (int64_t j = 0; j < sy; ++j) {
                    const int64_t at = ((y * sy + j) * image.width + x * sx) * image.channels + c;
                    for (int64_t i = 0; i < sx; ++i)
                        sum += image.data[static_cast<size_t>(at + i * image.channels)];
                }
                *out++ = sx == 2 && sy == 2 ? static_cast<uint8_t>((sum + 2) >> 2)
                                            : rounded(static_cast<float>(sum) * inverse);
            }
        }
    }
    return result;
}

Image area(const Image& image, int64_t height, int64_t width) {
    if (image.width < width || image.height < height)
        return linear(image, height, width, true);
    if (image.width % width == 0 && image.height % height == 0)
        return areaOfWholePixels(image, height, width);
    const std::vector<Share> columns = sharesFor(image.width, width);
    const std::vector<Share> rows = sharesFor(image.height, height);
    const int64_t channels = image.channels;
    Image result(width, height, channels);
    std::vector<float> line(static_cast<size_t>(width * channels));
    std::vector<float> sums(line.size());
    for (size_t i = 0; i < rows.size(); ++i) {
        std::fill(line.begin(), line.end(), 0.0f);
        const uint8_t* row = image.data.data() + rows[i].in * image.width * channels;
        for (const Share& share : columns) {
            for (int64_t c = 0; c < channels; ++c)
                line[static_cast<size_t>(share.out * channels + c)] +=
                    static_cast<float>(row[share.in * channels + c]) * share.weight;
        }
        for (size_t x = 0; x < line.size(); ++x)
            sums[x] += rows[i].weight * line[x];
        if (i + 1 == rows.size() || rows[i + 1].out != rows[i].out) {
            std::transform(sums.begin(), sums.end(),
                           result.data.begin() + rows[i].out * width * channels, rounded);
            std::fill(sums.begin(), sums.end(), 0.0f);
        }
    }
    return result;
}

Image nearest(const Image& image, int64_t height, int64_t width) {
    auto position = [](int64_t out, int64_t inSize, int64_t outSize) {
        const double at = static_cast<double>(out) * ratio(inSize, outSize);
        return std::min(static_cast<int64_t>(at), inSize - 1);
    };
    Image result(width, height, image.channels);
    uint8_t* out = result.data.data();
    for (int64_t y = 0; y < height; ++y) {
        const int64_t sy = position(y, image.height, height);
        for (int64_t x = 0; x < width; ++x) {
            const int64_t at = sy * image.width + position(x, image.width, width);
            out = std::copy_n(image.data.data() + at * image.channels, image.channels, out);
        }
    }
    return result;
}

}  // namespace

Image resizeLikeOpenCv(const Image& image, int64_t height, int64_t width, Filter filter) {
    if (height == image.height && width == image.width)
        return image;
    if (filter == Filter::Nearest)
        return nearest(image, height, width);
    // cv2.resize itself turns a linear halving into the area filter.
    const bool halves = image.width == 2 * width && image.height == 2 * height;
    if (filter == Filter::Area || halves)
        return area(image, height, width);
    return linear(image, height, width, false);
}

}  // namespace clipscope::data
