// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/cpu/strided_loop.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/element_types.h"

namespace clipscope::runtime {
namespace {

constexpr int64_t kGrain = 16384;

struct CopyAxis {
    int64_t extent = 1;
    int64_t from = 0;  ///< strides
    int64_t to = 0;
};

/// The axes to copy over with those that are close together in the target innermost, without
/// axes of extent 1, joined where they are contiguous on both sides. Their order is free: no
/// element is written twice.
std::vector<CopyAxis> orderedAxes(const Shape& extents, const StridedView& from,
                                  const StridedView& to) {
    std::vector<CopyAxis> axes;
    for (size_t i = 0; i < extents.rank(); ++i)
        if (extents[i] != 1)
            axes.push_back({extents[i], from.strides[i], to.strides[i]});
    std::ranges::stable_sort(
        axes, [](const CopyAxis& a, const CopyAxis& b) { return std::abs(a.to) > std::abs(b.to); });
    std::vector<CopyAxis> joined;
    for (const CopyAxis& axis : axes) {
        if (!joined.empty() && joined.back().from == axis.from * axis.extent &&
            joined.back().to == axis.to * axis.extent)
            joined.back() = {joined.back().extent * axis.extent, axis.from, axis.to};
        else
            joined.push_back(axis);
    }
    if (joined.empty())
        joined.push_back({1, 1, 1});
    return joined;
}

template <typename U>
void copyRun(const U* x, int64_t from, U* y, int64_t to, int64_t count) {
    if (from == 1 && to == 1)
        std::memcpy(y, x, static_cast<size_t>(count) * sizeof(U));
    else if (from == 0 && to == 1)
        std::fill_n(y, count, *x);
    else
        for (int64_t i = 0; i < count; ++i)
            y[i * to] = x[i * from];
}

template <typename U>
void copyRuns(const std::vector<CopyAxis>& axes, const U* x, U* y) {
    std::vector<int64_t> extents, from, to;
    for (const CopyAxis& axis : axes) {
        extents.push_back(axis.extent);
        from.push_back(axis.from);
        to.push_back(axis.to);
    }
    const StridedLoop<2> loop(Shape(extents), {from, to});
    const auto steps = loop.runSteps();
    parallelFor(loop.count(), kGrain, [&](int64_t begin, int64_t end, int) {
        loop.run(begin, end, [&](int64_t count, const auto& at) {
            copyRun(x + at[0], steps[0], y + at[1], steps[1], count);
        });
    });
}

/// y[c * toColumn + r] = x[r * fromRow + c] for r in [0, rows), c in [0, columns).
template <typename U>
void transposeTile(const U* x, int64_t fromRow, U* y, int64_t toColumn, int64_t rows,
                   int64_t columns) {
    for (int64_t c = 0; c < columns; ++c)
        for (int64_t r = 0; r < rows; ++r)
            y[c * toColumn + r] = x[r * fromRow + c];
}

/// The same for 4 x 4 elements of 4 bytes, in registers.
inline void transpose4x4(const uint32_t* x, int64_t fromRow, uint32_t* y, int64_t toColumn) {
    using Four = uint32_t __attribute__((vector_size(16)));
    Four row[4];
    for (int64_t i = 0; i < 4; ++i)
        std::memcpy(&row[i], x + i * fromRow, sizeof(Four));
    const Four low01 = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5);
    const Four low23 = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5);
    const Four high01 = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7);
    const Four high23 = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);
    const Four column[4] = {__builtin_shufflevector(low01, low23, 0, 1, 4, 5),
                            __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
                            __builtin_shufflevector(high01, high23, 0, 1, 4, 5),
                            __builtin_shufflevector(high01, high23, 2, 3, 6, 7)};
    for (int64_t i = 0; i < 4; ++i)
        std::memcpy(y + i * toColumn, &column[i], sizeof(Four));
}

/// The whole tile of one cache line each way.
template <typename U>
void transposeWholeTile(const U* x, int64_t fromRow, U* y, int64_t toColumn) {
    constexpr int64_t kTile = 64 / sizeof(U);
    if constexpr (sizeof(U) == 4) {
        for (int64_t c = 0; c < kTile; c += 4)
            for (int64_t r = 0; r < kTile; r += 4)
                transpose4x4(x + r * fromRow + c, fromRow, y + c * toColumn + r, toColumn);
    } else {
        transposeTile(x, fromRow, y, toColumn, kTile, kTile);
    }
}

/// y[3 c + r] = x[r * fromRow + c] for c in [0, columns): three planes, as an image has,
/// interleaved.
CLIPSCOPE_VECTORIZED
void interleave3(const uint32_t* __restrict x, int64_t fromRow, uint32_t* __restrict y,
                 int64_t columns) {
    for (int64_t c = 0; c < columns; ++c) {
        y[3 * c] = x[c];
        y[3 * c + 1] = x[fromRow + c];
        y[3 * c + 2] = x[2 * fromRow + c];
    }
}

/// Copies where neighbours in the target (the last axis) are apart in the source, while neighbours
/// in the source lie along `columnAxis`: in tiles of one cache line each way, so that every line is
/// read and written once.
template <typename U>
void copyTransposed(std::vector<CopyAxis> axes, size_t columnAxis, const U* x, U* y) {
    constexpr int64_t kTile = 64 / sizeof(U);
    const CopyAxis rows = axes.back();
    const CopyAxis columns = axes[columnAxis];
    axes.pop_back();
    axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(columnAxis));
    int64_t outer = 1;
    for (const CopyAxis& axis : axes)
        outer *= axis.extent;

    const bool interleaves3 = sizeof(U) == 4 && rows.extent == 3 && columns.to == 3;
    const int64_t stripWidth = interleaves3 ? 64 * kTile : kTile;
    const int64_t strips = (columns.extent + stripWidth - 1) / stripWidth;
    const int64_t grain = std::max<int64_t>(1, kGrain / (stripWidth * rows.extent));
    parallelFor(outer * strips, grain, [&](int64_t begin, int64_t end, int) {
        for (int64_t item = begin; item < end; ++item) {
            const int64_t column = item % strips * stripWidth;
            const U* from = x + column;
            U* to = y + column * columns.to;
            int64_t rest = item / strips;
            for (size_t i = axes.size(); i-- > 0;) {
                from += rest % axes[i].extent * axes[i].from;
                to += rest % axes[i].extent * axes[i].to;
                rest /= axes[i].extent;
            }
            const int64_t width = std::min(stripWidth, columns.extent - column);
            if constexpr (sizeof(U) == 4)
                if (interleaves3) {
                    interleave3(from, rows.from, to, width);
                    continue;
                }
            for (int64_t row = 0; row < rows.extent; row += kTile) {
                const int64_t height = std::min(kTile, rows.extent - row);
                if (width == kTile && height == kTile)
                    transposeWholeTile(from + row * rows.from, rows.from, to + row, columns.to);
                else
                    transposeTile(from + row * rows.from, rows.from, to + row, columns.to, height,
                                  width);
            }
        }
    });
}

template <typename U>
void copyAxes(const std::vector<CopyAxis>& axes, const U* x, U* y) {
    const CopyAxis& inner = axes.back();
    if (inner.to == 1 && inner.from != 0 && inner.from != 1)
        for (size_t i = 0; i + 1 < axes.size(); ++i)
            if (axes[i].from == 1)
                return copyTransposed(axes, i, x, y);
    copyRuns(axes, x, y);
}

}  // namespace

void CpuDevice::copyStrided(const Shape& extents, const Tensor& x, const StridedView& fromView,
                            Tensor& y, const StridedView& toView) {
    x.requireRowMajor();
    if (x.type() != y.type() || fromView.strides.size() != extents.rank() ||
        toView.strides.size() != extents.rank())
        throw Error(ErrorCode::Internal, "cannot copy " + x.toString() + " into " + y.toString() +
                                             " over " + extents.toString());
    if (extents.elementCount() == 0)
        return;
    const std::vector<CopyAxis> axes = orderedAxes(extents, fromView, toView);
    visitElementSize(elementSize(x.type()), [&]<typename U>() {
        copyAxes(axes, reinterpret_cast<const U*>(x.bytes()) + fromView.offset,
                 reinterpret_cast<U*>(y.mutableBytes()) + toView.offset);
    });
}

void CpuDevice::fill(const Tensor& value, Tensor& y) {
    if (value.type() != y.type() || value.elementCount() != 1)
        throw Error(ErrorCode::BadInput,
                    "cannot fill " + y.toString() + " with " + value.toString());
    visitElementSize(elementSize(y.type()), [&]<typename U>() {
        const U element = *reinterpret_cast<const U*>(value.bytes());
        auto* to = reinterpret_cast<U*>(y.mutableBytes());
        parallelFor(y.elementCount(), kGrain, [&](int64_t begin, int64_t end, int) {
            std::fill(to + begin, to + end, element);
        });
    });
}

}  // namespace clipscope::runtime
