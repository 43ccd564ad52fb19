// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace clipscope::runtime {

/// How the output of a 3 x 3 convolution of stride 1 is cut into square tiles, and what a tile is
/// multiplied as: Winograd's minimal filtering (Lavin and Gray, Fast Algorithms for Convolutional
/// Neural Networks, 2016). A tile of m x m outputs reads (m + 2) x (m + 2) inputs; both, and the
/// kernel, become values at as many points, where the convolution is a product each.
struct TileGrid {
    static constexpr int64_t kLeastChannels = 16;  ///< of input and output

    int64_t tile = 0;  ///< outputs along an axis, 2 or 4
    int64_t xHeight = 0;
    int64_t xWidth = 0;
    int64_t yHeight = 0;
    int64_t yWidth = 0;
    int64_t padTop = 0;
    int64_t padLeft = 0;

    int64_t points() const { return (tile + 2) * (tile + 2); }
    int64_t across() const { return (yWidth + tile - 1) / tile; }
    int64_t tiles() const { return (yHeight + tile - 1) / tile * across(); }
};

/// Where the values of tiles at the points lie: from one to the next, in elements. The channels of
/// a tile at a point lie together.
struct PointSteps {
    int64_t tile;
    int64_t point;
};

/// The tiles [first, first + count) of x (H x W x channels) at the points. What lies outside of x
/// counts as 0.
void toPoints(const TileGrid& grid, const float* x, int64_t channels, int64_t first, int64_t count,
              const PointSteps& steps, float* to);

/// Those tiles of y (H x W x channels) from their values at the points. `bias` is added, a value
/// for each channel; null: none.
void fromPoints(const TileGrid& grid, const float* from, const PointSteps& steps, const float* bias,
                int64_t channels, int64_t first, int64_t count, float* y);

/// Kernels of `outputs` x `inputs` x 3 x 3 float32 elements, in any alignment, at the points of a
/// tile of that size: points x inputs x outputs.
void kernelsToPoints(int64_t tile, const std::byte* kernels, int64_t outputs, int64_t inputs,
                     float* to);

}  // namespace clipscope::runtime
