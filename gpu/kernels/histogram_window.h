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

/// A key is the bits of a float >> kFineShift: its sign, octave and bin.
inline constexpr uint32_t kKeySign = kKeys / 2;

struct HistogramWindow {
    static constexpr int kCoarseOctaves = 16;
    static constexpr uint32_t kCoarseWords = kCoarseOctaves * kCoarseBins;
    /// Words that a window of both signs can use.
    static constexpr uint32_t kMostWords =
        2 * (histogram::kFineOctaves * kOctaveBins + kCoarseWords);
    static constexpr int kOctaves = histogram::kFineOctaves + kCoarseOctaves;  ///< of a sign

    int top = -1;               ///< exponent field of the largest octave
    uint32_t fine = 0;          ///< octaves at 2,048 bins, for each sign that is seen
    uint32_t lowest = 0;        ///< key, without its sign, of the first fine word; it may wrap
    uint32_t lowestFolded = 0;  ///< the same of the first folded word, / kFold
    uint32_t limits[2] = {};    ///< fine words of positive and of negative values; 0: none
    uint32_t part = 0;          ///< words from the first sign's to the other's

    /// For a sample whose largest finite |x| lies in octave `top` (-1: none but zeros, no window).
    CLIPSCOPE_HD static HistogramWindow of(int top, bool positive, bool negative, uint32_t words) {
        HistogramWindow window;
        const uint32_t share = positive && negative ? words / 4 * 2 : words;
        if (top < 0 || share < kOctaveBins + kCoarseWords)
            return window;
        const uint32_t fitting = (share - kCoarseWords) / kOctaveBins;
        window.top = top;
        window.fine = fitting < histogram::kFineOctaves ? fitting : histogram::kFineOctaves;
        window.lowest = static_cast<uint32_t>(window.octaveOf(0)) * kOctaveBins;
        window.lowestFolded =
            static_cast<uint32_t>(window.octaveOf(histogram::kFineOctaves)) * kCoarseBins;
        window.limits[0] = positive ? window.fineWords() : 0;
        window.limits[1] = negative ? window.fineWords() : 0;
        window.part = positive && negative ? share : 0;
        return window;
    }

    CLIPSCOPE_HD bool has(bool negative) const { return (negative ? limits[1] : limits[0]) != 0; }
    CLIPSCOPE_HD uint32_t start(bool negative) const { return negative ? part : 0; }
    CLIPSCOPE_HD uint32_t fineWords() const { return fine * kOctaveBins; }

    /// The word that counts `key`, or -1 for the device's table.
    CLIPSCOPE_HD int wordOf(uint32_t key) const {
        const bool negative = key >= kKeySign;
        const uint32_t magnitude = key & (kKeySign - 1);
        const uint32_t word = magnitude - lowest;
        const uint32_t folded = magnitude / kFold - lowestFolded;
        const uint32_t begin = start(negative);
        if (word < (negative ? limits[1] : limits[0]))
            return static_cast<int>(begin + word);
        if (folded < kCoarseWords && has(negative))
            return static_cast<int>(begin + fineWords() + folded);
        return -1;
    }

    /// The key of fine word `word` of a sign's part, and the first key of folded word `word`.
    CLIPSCOPE_HD uint32_t keyOfFine(bool negative, uint32_t word) const {
        return (negative ? kKeySign : 0) + lowest + word;
    }
    CLIPSCOPE_HD uint32_t keyOfFolded(bool negative, uint32_t word) const {
        return (negative ? kKeySign : 0) + (lowestFolded + word) * kFold;
    }

    /// The octave number `index` of a sign's part, ascending: fine ones from 0 on, folded ones from
    /// kFineOctaves on.
    CLIPSCOPE_HD int octaveOf(uint32_t index) const {
        const int at = static_cast<int>(index);
        return index < histogram::kFineOctaves ? top + 1 - static_cast<int>(fine) + at
                                               : top - kOctaves + 1 + at - histogram::kFineOctaves;
    }
};

}  // namespace clipscope::gpu
