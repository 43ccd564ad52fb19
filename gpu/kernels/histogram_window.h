// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where a block counts what it sees: the octaves below the largest that a sample of the tensor
/// shows in shared memory, all else in the table of the whole device.
///
/// Nine octaves from the top are counted at 2,048 bins each (as many as fit), those below them at
/// 128: as the tensor reaches the top of its sample, the contract folds them in any case, so that
/// counting them folded is exact. The window decides about speed only.

#include "analysis/histogram/histogram.h"
#include "gpu/block.h"

namespace clipscope::gpu {

inline constexpr uint32_t kOctaveBins = 1u << histogram::kFineBits;
inline constexpr uint32_t kCoarseBins = 1u << histogram::kCoarseBits;
inline constexpr uint32_t kFold = kOctaveBins / kCoarseBins;
inline constexpr uint32_t kSignedOctaves = 512;  ///< sign and exponent field
inline constexpr uint32_t kKeys = kSignedOctaves * kOctaveBins;

struct HistogramWindow {
    static constexpr int kCoarseOctaves = 16;
    static constexpr uint32_t kCoarseWords = kCoarseOctaves * kCoarseBins;
    /// Words that a window of both signs can use.
    static constexpr uint32_t kMostWords =
        2 * (histogram::kFineOctaves * kOctaveBins + kCoarseWords);

    int top = -1;       ///< exponent field of the largest octave
    int fine = 0;       ///< octaves at 2,048 bins, for each sign that is seen
    uint32_t part = 0;  ///< words from the first sign's to the other's; 0: only one is seen
    bool seen[2] = {};  ///< the signs that have words: positive, negative

    /// For a sample whose largest finite |x| lies in octave `top` (-1: none but zeros, no window).
    CLIPSCOPE_HD static HistogramWindow of(int top, bool positive, bool negative, uint32_t words) {
        HistogramWindow window;
        const uint32_t share = positive && negative ? words / 4 * 2 : words;
        if (top < 0 || share < kOctaveBins + kCoarseWords)
            return window;
        const auto fitting = static_cast<int>((share - kCoarseWords) / kOctaveBins);
        window.top = top;
        window.fine = fitting < histogram::kFineOctaves ? fitting : histogram::kFineOctaves;
        window.part = positive && negative ? share : 0;
        window.seen[0] = positive;
        window.seen[1] = negative;
        return window;
    }

    CLIPSCOPE_HD bool has(bool negative) const { return negative ? seen[1] : seen[0]; }
    CLIPSCOPE_HD uint32_t start(bool negative) const { return negative ? part : 0; }
    CLIPSCOPE_HD uint32_t fineWords() const { return static_cast<uint32_t>(fine) * kOctaveBins; }

    /// The word that counts `key` (bits >> kFineShift), or -1 for the device's table.
    CLIPSCOPE_HD int wordOf(uint32_t key) const {
        const bool negative = (key >> (8 + histogram::kFineBits)) != 0;
        const int below = top - static_cast<int>((key >> histogram::kFineBits) & 0xffu);
        if (below < 0 || !has(negative))
            return -1;
        const uint32_t bin = key & (kOctaveBins - 1);
        if (below < fine)
            return static_cast<int>(start(negative) + static_cast<uint32_t>(below) * kOctaveBins +
                                    bin);
        const int folded = below - histogram::kFineOctaves;
        if (folded < 0 || folded >= kCoarseOctaves)
            return -1;
        return static_cast<int>(start(negative) + fineWords() +
                                static_cast<uint32_t>(folded) * kCoarseBins + bin / kFold);
    }

    /// The key of fine word `word` of a sign's part, and the first key of folded word `word`.
    CLIPSCOPE_HD uint32_t keyOfFine(bool negative, uint32_t word) const {
        return keyOf(negative, top - static_cast<int>(word / kOctaveBins), word % kOctaveBins);
    }
    CLIPSCOPE_HD uint32_t keyOfFolded(bool negative, uint32_t word) const {
        return keyOf(negative, top - histogram::kFineOctaves - static_cast<int>(word / kCoarseBins),
                     word % kCoarseBins * kFold);
    }

private:
    CLIPSCOPE_HD static uint32_t keyOf(bool negative, int octave, uint32_t bin) {
        return ((negative ? 256u : 0u) + static_cast<uint32_t>(octave)) * kOctaveBins + bin;
    }
};

}  // namespace clipscope::gpu
