// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Products of matrices of 8-bit integers less their zero points, exact in int32 (which may wrap).
/// Unsigned elements are taken as signed ones, their highest bit flipped, which moves elements and
/// zero points by 128; with r and l the zero points,
///   sum (a - l)(b - r) = sum a b - r sum a - l sum b + inner l r.
/// A block takes kTile x kTile elements of y and goes along the inner axis kDepth at a time: tiles
/// of both operands in shared memory, four bytes of the inner axis in a word, a line a row.

#include "gpu/kernels/loops.h"

namespace clipscope::gpu {

/// sum + the products of the four signed bytes of a and b.
CLIPSCOPE_HD inline int32_t addProducts(int32_t a, int32_t b, int32_t sum) {
#if defined(__CUDA_ARCH__)
    return __dp4a(a, b, sum);
#else
    for (int byte = 0; byte < 4; ++byte)
        sum = static_cast<int32_t>(static_cast<uint32_t>(sum) +
                                   static_cast<uint32_t>(static_cast<int8_t>(a >> (8 * byte)) *
                                                         static_cast<int8_t>(b >> (8 * byte))));
    return sum;
#endif
}

/// One zero point, or one for each line, as that of signed elements.
struct ZeroPoints {
    int32_t single = 0;
    const uint8_t* each = nullptr;  ///< as they are stored; null: `single`
    int64_t lineStep = 0;           ///< 0: the first one for all
    uint8_t flip = 0;               ///< 0x80 for unsigned ones

    CLIPSCOPE_HD int32_t of(int64_t line) const {
        return each ? static_cast<int8_t>(each[line * lineStep] ^ flip) : single;
    }
};

/// Rows of a left factor, or columns of a right one.
struct ByteLines {
    const uint8_t* data;
    uint8_t flip;  ///< 0x80 for unsigned elements
    int64_t batchStep;
    int64_t lineStep;
    int64_t innerStep;
    ZeroPoints zeros;

    /// Whether neighbours in memory are of one line.
    CLIPSCOPE_HD bool liesAlongLines() const { return innerStep == 1; }

    struct Line {
        const uint8_t* first;
        int64_t step;
        uint8_t flip;
        CLIPSCOPE_HD uint8_t at(uint32_t k) const { return first[k * step] ^ flip; }
    };
    CLIPSCOPE_HD Line line(int64_t batch, int64_t number) const {
        return {data + batch * batchStep + number * lineStep, innerStep, flip};
    }
};

/// The elements of images (N x C x depth x height x width) under the windows of a convolution:
/// line n * positions + p is the window at p of image n, a batch is a group of channels. Pads are
/// the zero point.
struct Patches {
    const uint8_t* data;
    uint8_t flip;
    int64_t channels;       ///< of all groups
    int64_t groupChannels;  ///< of one
    int32_t extents[3];
    int32_t kernel[3];
    int32_t strides[3];
    int32_t dilations[3];
    int32_t pads[3];
    int32_t outputs[3];
    ZeroPoints zeros;  ///< one

    CLIPSCOPE_HD bool liesAlongLines() const { return false; }
    CLIPSCOPE_HD int64_t plane() const {
        return static_cast<int64_t>(extents[0]) * extents[1] * extents[2];
    }

    struct Line {
        const Patches& patches;
        const uint8_t* group;  ///< the first channel of the image's group
        int64_t starts[3];
        uint8_t pad;

        CLIPSCOPE_HD uint8_t at(uint32_t k) const {
            int64_t offset = 0;
            int64_t step = 1;
            CLIPSCOPE_UNROLL
            for (int axis = 2; axis >= 0; --axis) {
                const auto taps = static_cast<uint32_t>(patches.kernel[axis]);
                const int64_t i =
                    starts[axis] + static_cast<int64_t>(k % taps) * patches.dilations[axis];
                if (i < 0 || i >= patches.extents[axis])
                    return pad;
                offset += i * step;
                step *= patches.extents[axis];
                k /= taps;
            }
            return group[k * step + offset] ^ patches.flip;
        }
    };
    CLIPSCOPE_HD Line line(int64_t batch, int64_t number) const {
        const int64_t positions = static_cast<int64_t>(outputs[0]) * outputs[1] * outputs[2];
        const int64_t image = number / positions;
        int64_t rest = number % positions;
        Line made{*this,
                  data + (image * channels + batch * groupChannels) * plane(),
                  {},
                  static_cast<uint8_t>(zeros.of(0))};
        CLIPSCOPE_UNROLL
        for (int axis = 2; axis >= 0; --axis) {
            made.starts[axis] = rest % outputs[axis] * strides[axis] - pads[axis];
            rest /= outputs[axis];
        }
        return made;
    }
};

/// Where element (batch, row, column) lies: columns in runs.
struct ProductPlaces {
    int64_t batchStep;
    int64_t rowStep;
    int64_t run;      ///< neighbouring columns
    int64_t runStep;  ///< from a run to the next

    CLIPSCOPE_HD int64_t of(int64_t batch, int64_t row, int64_t column) const {
        return batch * batchStep + row * rowStep + column / run * runStep + column % run;
    }
};

template <typename Right>
struct IntegerProductKernel {
    static constexpr int kThreads = 256;
    static constexpr int kTile = 64;
    static constexpr int kDepth = 32;  // bytes of the inner axis
    static constexpr int kWords = kDepth / 4;
    static constexpr int kPitch = kWords + 1;    // so that 16 lines lie in 16 banks
    static constexpr int kSide = 16;             // threads along each side of a tile
    static constexpr int kEach = kTile / kSide;  // lines that a thread takes of each side
    static constexpr size_t kSharedBytes = 2 * kTile * kPitch * sizeof(int32_t);

    ByteLines left;
    Right right;
    int32_t* y;
    ProductPlaces places;
    int64_t batches;
    int64_t rows;
    int64_t columns;
    uint32_t inner;
    int64_t leftZeros;  ///< zero points of a batch's rows: a group's, or 0 where batches share them

    CLIPSCOPE_HD int64_t rowTiles() const { return (rows + kTile - 1) / kTile; }
    CLIPSCOPE_HD int64_t columnTiles() const { return (columns + kTile - 1) / kTile; }
    CLIPSCOPE_HD int64_t tiles() const { return batches * rowTiles() * columnTiles(); }

    struct Sums {
        int32_t products[kEach][kEach];
        int32_t left[kEach];
        int32_t right[kEach];
    };

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        int32_t* lefts = block.template shared<int32_t>();
        int32_t* rights = lefts + kTile * kPitch;
        typename Block::template PerThread<Sums> sums(block, Sums{});
        for (int64_t tile = block.index(); tile < tiles(); tile += block.count()) {
            const int64_t column = tile % columnTiles() * kTile;
            const int64_t row = tile / columnTiles() % rowTiles() * kTile;
            const int64_t batch = tile / columnTiles() / rowTiles();
            block.alone([&](int thread) { sums[thread] = Sums{}; });
            for (uint32_t k = 0; k < inner; k += kDepth) {
                block.each([&](int thread) {
                    load(left, batch, row, rows, k, thread, lefts);
                    load(right, batch, column, columns, k, thread, rights);
                });
                block.each([&](int thread) { multiply(lefts, rights, thread, sums[thread]); });
            }
            block.alone([&](int thread) { store(batch, row, column, thread, sums[thread]); });
        }
    }

private:
    /// Bytes [k, k + kDepth) of kTile lines from `first` on; 0 beyond what there is.
    template <typename Lines>
    CLIPSCOPE_HD void load(const Lines& lines, int64_t batch, int64_t first, int64_t count,
                           uint32_t k, int thread, int32_t* tile) const {
        auto* bytes = reinterpret_cast<uint8_t*>(tile);
        if (lines.liesAlongLines()) {
            for (int line = thread / kDepth; line < kTile; line += kThreads / kDepth) {
                const uint32_t at = k + static_cast<uint32_t>(thread % kDepth);
                const bool isThere = first + line < count && at < inner;
                bytes[line * kPitch * 4 + thread % kDepth] =
                    isThere ? lines.line(batch, first + line).at(at) : uint8_t{0};
            }
            return;
        }
        const int line = thread % kTile;
        if (first + line >= count) {
            for (int i = thread / kTile; i < kDepth; i += kThreads / kTile)
                bytes[line * kPitch * 4 + i] = 0;
            return;
        }
        const auto own = lines.line(batch, first + line);
        for (int i = thread / kTile; i < kDepth; i += kThreads / kTile) {
            const uint32_t at = k + static_cast<uint32_t>(i);
            bytes[line * kPitch * 4 + i] = at < inner ? own.at(at) : uint8_t{0};
        }
    }

    CLIPSCOPE_HD static void multiply(const int32_t* lefts, const int32_t* rights, int thread,
                                      Sums& sums) {
        constexpr int32_t kOnes = 0x01010101;
        for (int word = 0; word < kWords; ++word) {
            int32_t a[kEach];
            int32_t b[kEach];
            CLIPSCOPE_UNROLL
            for (int i = 0; i < kEach; ++i) {
                a[i] = lefts[(thread / kSide + i * kSide) * kPitch + word];
                b[i] = rights[(thread % kSide + i * kSide) * kPitch + word];
                sums.left[i] = addProducts(a[i], kOnes, sums.left[i]);
                sums.right[i] = addProducts(b[i], kOnes, sums.right[i]);
            }
            CLIPSCOPE_UNROLL
            for (int i = 0; i < kEach; ++i) {
                CLIPSCOPE_UNROLL
                for (int j = 0; j < kEach; ++j)
                    sums.products[i][j] = addProducts(a[i], b[j], sums.products[i][j]);
            }
        }
    }

    CLIPSCOPE_HD void store(int64_t batch, int64_t row, int64_t column, int thread,
                            const Sums& sums) const {
        CLIPSCOPE_UNROLL
        for (int i = 0; i < kEach; ++i) {
            const int64_t r = row + thread / kSide + i * kSide;
            CLIPSCOPE_UNROLL
            for (int j = 0; j < kEach; ++j) {
                const int64_t c = column + thread % kSide + j * kSide;
                if (r >= rows || c >= columns)
                    continue;
                const auto l = static_cast<uint32_t>(left.zeros.of(batch * leftZeros + r));
                const auto z = static_cast<uint32_t>(right.zeros.of(c));
                y[places.of(batch, r, c)] =
                    static_cast<int32_t>(static_cast<uint32_t>(sums.products[i][j]) -
                                         z * static_cast<uint32_t>(sums.left[i]) -
                                         l * static_cast<uint32_t>(sums.right[j]) + inner * l * z);
            }
        }
    }
};

}  // namespace clipscope::gpu
