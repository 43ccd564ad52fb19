// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How a tensor's values fall into samples and channels, and the units of work that each lie in one
/// sample and, where rows are channels, in one channel. A warp takes a unit at a time.

#include <cstdint>

#include "gpu/block.h"

namespace clipscope::gpu {

struct ObservedLayout {
    static constexpr int64_t kPiece = 2048;   ///< values of a row in a unit, at most
    static constexpr int64_t kRows = 32;      ///< rows in a unit where columns are channels
    static constexpr int64_t kWideRows = 16;  ///< the same where a lane takes four
    static constexpr int64_t kWideColumns = 2 * 4 * kWarp;  ///< from which on it does
    static constexpr int64_t kMostValues = 2048;            ///< in a unit
    static_assert(kPiece <= kMostValues && kWideRows * 4 * kWarp <= kMostValues);

    int64_t rows = 0;  ///< the values as rows x length
    int64_t length = 0;
    int64_t rowsPerSample = 1;
    int64_t channels = 0;  ///< 0: there are none
    bool columnsAreChannels = false;
    int64_t piece = 1;   ///< values of a row in a unit (a multiple of 4 kWarp)
    int64_t pieces = 1;  ///< units of a row
    // Where columns are channels only.
    int64_t columnsPerLane = 1;
    int64_t rowsPerUnit = kRows;
    int64_t chunks = 1;  ///< units down a sample

    CLIPSCOPE_HD int64_t count() const { return rows * length; }

    /// Row r belongs to sample r / rowsPerSample and to channel r % channels.
    static ObservedLayout ofRows(int64_t rows, int64_t length, int64_t rowsPerSample,
                                 int64_t channels) {
        ObservedLayout layout{rows, length, rowsPerSample, channels};
        constexpr int64_t kStep = 4 * kWarp;
        layout.pieces = (length + kPiece - 1) / kPiece;
        if (layout.pieces > 0)
            layout.piece =
                ((length + layout.pieces - 1) / layout.pieces + kStep - 1) / kStep * kStep;
        return layout;
    }

    /// Column c is channel c.
    static ObservedLayout ofColumns(int64_t rows, int64_t columns, int64_t rowsPerSample) {
        ObservedLayout layout{rows, columns, rowsPerSample, columns, true};
        if (columns % 4 == 0 && columns >= kWideColumns) {
            layout.columnsPerLane = 4;
            layout.rowsPerUnit = kWideRows;
        }
        const int64_t wide = kWarp * layout.columnsPerLane;
        layout.pieces = (columns + wide - 1) / wide;
        layout.chunks = (rowsPerSample + layout.rowsPerUnit - 1) / layout.rowsPerUnit;
        return layout;
    }

    CLIPSCOPE_HD int64_t units() const {
        return columnsAreChannels ? rows / rowsPerSample * chunks * pieces : rows * pieces;
    }
    CLIPSCOPE_HD int64_t sampleOf(int64_t unit) const {
        return columnsAreChannels ? unit / pieces / chunks : unit / pieces / rowsPerSample;
    }
};

}  // namespace clipscope::gpu
