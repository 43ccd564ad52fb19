// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A tensor's histogram as it grows on the device, in the form of the contract
/// (analysis/histogram/histogram.h): nine octaves from that of amax fine, those below folded. All
/// bytes 0 is an empty one.

#include <cstdint>

#include "gpu/kernels/histogram_window.h"

namespace clipscope::gpu {

inline constexpr int kRings = histogram::kFineOctaves;

struct StoredHistogram {
    /// The fine octave e of a sign lies in ring slot e % kRings; the nine kept never share one.
    uint64_t fine[2][kRings][kOctaveBins];
    uint64_t coarse[2][histogram::kOctaves][kCoarseBins];
    uint64_t zeros;
    uint64_t nan;
    uint64_t positiveInfinities;
    uint64_t negativeInfinities;
    uint32_t largest;  ///< rankOf() of the largest finite value; 0: there is none
    uint32_t least;    ///< ~rankOf() of the least
    /// 1 + the exponent field of amax (0: none but zeros), a copy for each block that folds.
    int32_t tops[2 * kRings];
};

}  // namespace clipscope::gpu
