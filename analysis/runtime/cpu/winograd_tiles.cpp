// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/winograd_tiles.h"

#include <algorithm>
#include <cstring>

#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/vectorize.h"

namespace clipscope::runtime {
namespace {

/// Channels side by side, in as many registers as the processor needs for them.
constexpr int64_t kLanes = TileGrid::kLeastChannels;
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));

/// What the values along one axis become: at the points 0, a, -a, b, -b and infinity for tiles of
/// 4, at 0, a, -a and infinity for those of 2.
template <int Tile>
struct Filter;

/// a = 5/8 and b = 3/2 are exact and leave less than half of the error of 1 and 2 (rms 6e-7 of the
/// result for 64 channels, 1e-6 for 256; directly 2e-7).
template <>
struct Filter<4> {
    static constexpr float kA = 0.625f;
    static constexpr float kB = 1.5f;
    static constexpr float kA2 = kA * kA;
    static constexpr float kB2 = kB * kB;

    template <typename Value>
    CLIPSCOPE_INLINE static void input(const Value (&d)[6], Value (&v)[6]) {
        const Value evenA = d[4] - kB2 * d[2];
        const Value oddA = kA * (d[3] - kB2 * d[1]);
        const Value evenB = d[4] - kA2 * d[2];
        const Value oddB = kB * (d[3] - kA2 * d[1]);
        v[0] = kA2 * kB2 * d[0] - (kA2 + kB2) * d[2] + d[4];
        v[1] = evenA + oddA;
        v[2] = evenA - oddA;
        v[3] = evenB + oddB;
        v[4] = evenB - oddB;
        v[5] = kA2 * kB2 * d[1] - (kA2 + kB2) * d[3] + d[5];
    }

    template <typename Value>
    CLIPSCOPE_INLINE static void output(const Value (&m)[6], Value (&y)[4]) {
        const Value evenA = m[1] + m[2];
        const Value oddA = m[1] - m[2];
        const Value evenB = m[3] + m[4];
        const Value oddB = m[3] - m[4];
        y[0] = m[0] + evenA + evenB;
        y[1] = kA * oddA + kB * oddB;
        y[2] = kA2 * evenA + kB2 * evenB;
        y[3] = kA2 * kA * oddA + kB2 * kB * oddB + m[5];
    }

    static void kernel(const double (&g)[3], double (&u)[6]) {
        constexpr double kOfA = 1.0 / (2 * kA2 * (kA2 - kB2));
        constexpr double kOfB = 1.0 / (2 * kB2 * (kB2 - kA2));
        const double evenA = g[0] + kA2 * g[2];
        const double evenB = g[0] + kB2 * g[2];
        u[0] = g[0] / (kA2 * kB2);
        u[1] = kOfA * (evenA + kA * g[1]);
        u[2] = kOfA * (evenA - kA * g[1]);
        u[3] = kOfB * (evenB + kB * g[1]);
        u[4] = kOfB * (evenB - kB * g[1]);
        u[5] = g[2];
    }
};

/// a = 1.
template <>
struct Filter<2> {
    template <typename Value>
    CLIPSCOPE_INLINE static void input(const Value (&d)[4], Value (&v)[4]) {
        v[0] = d[2] - d[0];
        v[1] = d[2] + d[1];
        v[2] = d[2] - d[1];
        v[3] = d[3] - d[1];
    }

    template <typename Value>
    CLIPSCOPE_INLINE static void output(const Value (&m)[4], Value (&y)[2]) {
        y[0] = m[0] + m[1] + m[2];
        y[1] = m[1] - m[2] + m[3];
    }

    static void kernel(const double (&g)[3], double (&u)[4]) {
        u[0] = -g[0];
        u[1] = (g[0] + g[1] + g[2]) / 2;
        u[2] = (g[0] - g[1] + g[2]) / 2;
        u[3] = g[2];
    }
};

/// Calls `visit` with the first channel of each kLanes; the last ones may overlap.
template <typename Visit>
CLIPSCOPE_INLINE void forLanes(int64_t channels, const Visit& visit) {
    for (int64_t channel = 0; channel < channels; channel += kLanes)
        visit(std::min(channel, channels - kLanes));
}

/// `Whole`: no input of the tile lies outside of x.
template <int Tile, bool Whole>
CLIPSCOPE_INLINE void tileToPoints(const TileGrid& grid, const float* x, int64_t channels,
                                   int64_t top, int64_t left, int64_t step, float* to) {
    constexpr int kSide = Tile + 2;
    forLanes(channels, [&](int64_t channel) CLIPSCOPE_INLINE_LAMBDA {
        Lanes half[kSide][kSide];  // columns transformed
        for (int column = 0; column < kSide; ++column) {
            const int64_t atX = left + column;
            Lanes in[kSide];
            for (int row = 0; row < kSide; ++row) {
                const int64_t atY = top + row;
                in[row] = Lanes{};
                if (Whole || (atX >= 0 && atX < grid.xWidth && atY >= 0 && atY < grid.xHeight))
                    std::memcpy(&in[row], x + (atY * grid.xWidth + atX) * channels + channel,
                                sizeof(Lanes));
            }
            Lanes out[kSide];
            Filter<Tile>::input(in, out);
            for (int row = 0; row < kSide; ++row)
                half[row][column] = out[row];
        }
        for (int row = 0; row < kSide; ++row) {
            Lanes out[kSide];
            Filter<Tile>::input(half[row], out);
            for (int column = 0; column < kSide; ++column)
                std::memcpy(to + (row * kSide + column) * step + channel, &out[column],
                            sizeof(Lanes));
        }
    });
}

template <int Tile>
CLIPSCOPE_INLINE void tilesToPoints(const TileGrid& grid, const float* x, int64_t channels,
                                    int64_t first, int64_t count, const PointSteps& steps,
                                    float* to) {
    for (int64_t i = 0; i < count; ++i) {
        const int64_t top = (first + i) / grid.across() * Tile - grid.padTop;
        const int64_t left = (first + i) % grid.across() * Tile - grid.padLeft;
        float* at = to + i * steps.tile;
        if (top >= 0 && left >= 0 && top + Tile + 2 <= grid.xHeight &&
            left + Tile + 2 <= grid.xWidth)
            tileToPoints<Tile, true>(grid, x, channels, top, left, steps.point, at);
        else
            tileToPoints<Tile, false>(grid, x, channels, top, left, steps.point, at);
    }
}

template <int Tile>
CLIPSCOPE_INLINE void tilesFromPoints(const TileGrid& grid, const float* from,
                                      const PointSteps& steps, const float* bias, int64_t channels,
                                      int64_t first, int64_t count, float* y) {
    constexpr int kSide = Tile + 2;
    for (int64_t i = 0; i < count; ++i) {
        const int64_t top = (first + i) / grid.across() * Tile;
        const int64_t left = (first + i) % grid.across() * Tile;
        const int64_t height = std::min<int64_t>(Tile, grid.yHeight - top);
        const int64_t width = std::min<int64_t>(Tile, grid.yWidth - left);
        const float* tile = from + i * steps.tile;
        forLanes(channels, [&](int64_t channel) CLIPSCOPE_INLINE_LAMBDA {
            Lanes half[Tile][kSide];  // columns transformed
            for (int column = 0; column < kSide; ++column) {
                Lanes in[kSide];
                for (int row = 0; row < kSide; ++row)
                    std::memcpy(&in[row], tile + (row * kSide + column) * steps.point + channel,
                                sizeof(Lanes));
                Lanes out[Tile];
                Filter<Tile>::output(in, out);
                for (int row = 0; row < Tile; ++row)
                    half[row][column] = out[row];
            }
            Lanes added = Lanes{};
            if (bias)
                std::memcpy(&added, bias + channel, sizeof(added));
            for (int64_t row = 0; row < height; ++row) {
                Lanes out[Tile];
                Filter<Tile>::output(half[row], out);
                for (int64_t column = 0; column < width; ++column) {
                    const Lanes sum = out[column] + added;
                    std::memcpy(
                        y + ((top + row) * grid.yWidth + left + column) * channels + channel, &sum,
                        sizeof(sum));
                }
            }
        });
    }
}

CLIPSCOPE_VECTORIZED
void tilesOf4ToPoints(const TileGrid& grid, const float* x, int64_t channels, int64_t first,
                      int64_t count, const PointSteps& steps, float* to) {
    tilesToPoints<4>(grid, x, channels, first, count, steps, to);
}

CLIPSCOPE_VECTORIZED
void tilesOf2ToPoints(const TileGrid& grid, const float* x, int64_t channels, int64_t first,
                      int64_t count, const PointSteps& steps, float* to) {
    tilesToPoints<2>(grid, x, channels, first, count, steps, to);
}

CLIPSCOPE_VECTORIZED
void tilesOf4FromPoints(const TileGrid& grid, const float* from, const PointSteps& steps,
                        const float* bias, int64_t channels, int64_t first, int64_t count,
                        float* y) {
    tilesFromPoints<4>(grid, from, steps, bias, channels, first, count, y);
}

CLIPSCOPE_VECTORIZED
void tilesOf2FromPoints(const TileGrid& grid, const float* from, const PointSteps& steps,
                        const float* bias, int64_t channels, int64_t first, int64_t count,
                        float* y) {
    tilesFromPoints<2>(grid, from, steps, bias, channels, first, count, y);
}

/// One kernel of 3 x 3 at the points, `step` elements apart.
template <int Tile>
void kernelToPoints(const std::byte* kernel, int64_t step, float* to) {
    constexpr int kSide = Tile + 2;
    float values[3][3];
    std::memcpy(values, kernel, sizeof(values));
    double half[3][kSide];  // rows transformed
    for (int row = 0; row < 3; ++row) {
        const double in[3] = {values[row][0], values[row][1], values[row][2]};
        Filter<Tile>::kernel(in, half[row]);
    }
    for (int column = 0; column < kSide; ++column) {
        const double in[3] = {half[0][column], half[1][column], half[2][column]};
        double out[kSide];
        Filter<Tile>::kernel(in, out);
        for (int row = 0; row < kSide; ++row)
            to[(row * kSide + column) * step] = static_cast<float>(out[row]);
    }
}

}  // namespace

void toPoints(const TileGrid& grid, const float* x, int64_t channels, int64_t first, int64_t count,
              const PointSteps& steps, float* to) {
    (grid.tile == 4 ? tilesOf4ToPoints : tilesOf2ToPoints)(grid, x, channels, first, count, steps,
                                                           to);
}

void fromPoints(const TileGrid& grid, const float* from, const PointSteps& steps, const float* bias,
                int64_t channels, int64_t first, int64_t count, float* y) {
    (grid.tile == 4 ? tilesOf4FromPoints : tilesOf2FromPoints)(grid, from, steps, bias, channels,
                                                               first, count, y);
}

void kernelsToPoints(int64_t tile, const std::byte* kernels, int64_t outputs, int64_t inputs,
                     float* to) {
    constexpr int64_t kBytes = 9 * sizeof(float);
    const auto one = tile == 4 ? kernelToPoints<4> : kernelToPoints<2>;
    parallelFor(inputs, 1, [&](int64_t begin, int64_t end, int) {
        for (int64_t input = begin; input < end; ++input)
            for (int64_t output = 0; output < outputs; ++output)
                one(kernels + (output * inputs + input) * kBytes, inputs * outputs,
                    to + input * outputs + output);
    });
}

}  // namespace clipscope::runtime
