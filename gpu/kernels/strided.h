// SPDX-License-Identifier: Apache-2.0
#pragma once

/// N strided operands over one index space, as a kernel takes it: positions in row-major order to
/// the operands' offsets.

#include <array>
#include <optional>
#include <vector>

#include "analysis/tensor/shape.h"
#include "gpu/block.h"

namespace clipscope::gpu {

template <int N>
struct Strided {
    static constexpr int kMostAxes = 12;

    int64_t count = 1;
    int rank = 1;
    int64_t extents[kMostAxes] = {1};
    int64_t steps[N][kMostAxes] = {};

    /// Axes of extent 1 are dropped, axes that are contiguous in every operand joined; nothing
    /// where more than kMostAxes are left. strides[n][axis] in elements; 0 broadcasts.
    static std::optional<Strided> of(const Shape& shape,
                                     const std::array<std::vector<int64_t>, N>& strides) {
        Strided made;
        made.count = shape.elementCount();
        made.rank = 0;
        for (size_t axis = 0; axis < shape.rank(); ++axis)
            if (shape[axis] != 1 && !made.append(shape[axis], strides, axis))
                return std::nullopt;
        made.rank = made.rank == 0 ? 1 : made.rank;
        return made;
    }

    CLIPSCOPE_HD void offsets(int64_t position, int64_t (&at)[N]) const {
        for (int n = 0; n < N; ++n)
            at[n] = 0;
        if (count <= int64_t{0x7fffffff})
            add(static_cast<uint32_t>(position), at);  // divisions of 32 bits are far cheaper
        else
            add(static_cast<uint64_t>(position), at);
    }

private:
    bool append(int64_t extent, const std::array<std::vector<int64_t>, N>& strides, size_t axis) {
        bool joins = rank > 0;
        for (int n = 0; n < N && joins; ++n)
            joins = steps[n][rank - 1] == strides[static_cast<size_t>(n)][axis] * extent;
        if (!joins && rank == kMostAxes)
            return false;
        if (!joins)
            extents[rank++] = 1;
        extents[rank - 1] *= extent;
        for (int n = 0; n < N; ++n)
            steps[n][rank - 1] = strides[static_cast<size_t>(n)][axis];
        return true;
    }

    template <typename Index>
    CLIPSCOPE_HD void add(Index rest, int64_t (&at)[N]) const {
        for (int axis = rank - 1; axis > 0; --axis) {
            const Index extent = static_cast<Index>(extents[axis]);
            const Index next = rest / extent;
            const auto index = static_cast<int64_t>(rest - next * extent);
            for (int n = 0; n < N; ++n)
                at[n] += index * steps[n][axis];
            rest = next;
        }
        for (int n = 0; n < N; ++n)
            at[n] += static_cast<int64_t>(rest) * steps[n][0];
    }
};

}  // namespace clipscope::gpu
