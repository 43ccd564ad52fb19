// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/padded_bytes.h"

#include <algorithm>
#include <cstring>

#include "analysis/base/parallel.h"
#include "analysis/runtime/channels_last.h"
#include "analysis/runtime/cpu/vectorize.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;
constexpr int64_t kTile = 32;  // positions whose channels stay in the cache

CLIPSCOPE_VECTORIZED void flip(const uint8_t* x, uint8_t* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = x[i] ^ 0x80;
}

/// y[i][c] = x[c][i], x's rows `stride` apart.
CLIPSCOPE_VECTORIZED void transpose(const uint8_t* x, int64_t stride, uint8_t mask, uint8_t* y,
                                    int64_t positions, int64_t channels) {
    for (int64_t first = 0; first < positions; first += kTile) {
        const int64_t last = std::min(positions, first + kTile);
        for (int64_t c = 0; c < channels; ++c)
            for (int64_t i = first; i < last; ++i)
                y[i * channels + c] = x[c * stride + i] ^ mask;
    }
}

/// Lines of x, along its last spatial axis, and where they lie in the padded tensor.
struct Lines {
    int64_t batches, channels, length;
    std::vector<int64_t> extents;  ///< of the other spatial axes
    std::vector<int64_t> padded;   ///< of all spatial axes, with pads
    std::vector<int64_t> begins;

    Lines(const Shape& x, const ConvolutionParameters& parameters)
        : batches(x[0]),
          channels(x[1]),
          length(x[x.rank() - 1]),
          extents(x.begin() + 2, x.end() - 1),
          begins(parameters.padsBegin) {
        for (size_t axis = 2; axis < x.rank(); ++axis)
            padded.push_back(x[axis] + parameters.padsBegin[axis - 2] +
                             parameters.padsEnd[axis - 2]);
    }

    int64_t perBatch() const {
        int64_t count = 1;
        for (const int64_t extent : extents)
            count *= extent;
        return count;
    }
    /// Where line i of batch n begins in the padded tensor, in positions.
    int64_t target(int64_t n, int64_t i) const {
        int64_t offset = begins.back();
        int64_t step = padded.back();
        for (size_t axis = extents.size(); axis-- > 0;) {
            offset += (i % extents[axis] + begins[axis]) * step;
            i /= extents[axis];
            step *= padded[axis];
        }
        return n * step + offset;
    }
    Shape shape() const {
        std::vector<int64_t> whole{batches};
        whole.insert(whole.end(), padded.begin(), padded.end());
        whole.push_back(channels);
        return Shape(std::move(whole));
    }
};

}  // namespace

Tensor flippedBytes(const Tensor& x, DType type) {
    Tensor y(type, x.shape());
    const auto* from = reinterpret_cast<const uint8_t*>(x.bytes());
    auto* to = reinterpret_cast<uint8_t*>(y.mutableBytes());
    parallelFor(x.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
        flip(from + begin, to + begin, end - begin);
    });
    return y;
}

Tensor paddedBytes(Device& device, const Tensor& x, const ConvolutionParameters& parameters,
                   uint8_t fill) {
    const bool isSigned = x.type() == DType::Int8;
    const Lines lines(x.shape(), parameters);
    const Shape shape = lines.shape();
    const bool hasPads = shape.elementCount() != x.elementCount();
    const bool lies = x.layout() == Layout::ChannelsLast || lines.channels == 1;
    if (!hasPads && !isSigned && lies)
        return toChannelsLast(device, x);
    Tensor y(DType::UInt8, shape);
    auto* to = reinterpret_cast<uint8_t*>(y.mutableBytes());
    const auto* from = reinterpret_cast<const uint8_t*>(x.bytes());
    if (hasPads)
        std::memset(to, fill, y.byteSize());
    const uint8_t mask = isSigned ? 0x80 : 0;
    const int64_t perBatch = lines.perBatch();
    const int64_t line = lines.length * lines.channels;
    parallelFor(lines.batches * perBatch, 1 + kGrain / std::max<int64_t>(1, line),
                [&](int64_t begin, int64_t end, int) {
                    for (int64_t i = begin; i < end; ++i) {
                        const int64_t n = i / perBatch;
                        uint8_t* target = to + lines.target(n, i % perBatch) * lines.channels;
                        if (!lies)
                            transpose(from + n * perBatch * line + i % perBatch * lines.length,
                                      perBatch * lines.length, mask, target, lines.length,
                                      lines.channels);
                        else if (isSigned)
                            flip(from + i * line, target, line);
                        else
                            std::memcpy(target, from + i * line, static_cast<size_t>(line));
                    }
                });
    return y.asChannelsLast();
}

}  // namespace clipscope::runtime
