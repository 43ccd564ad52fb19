// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/types.h"

namespace clipscope::runtime {

/// How heads lie: an element at batch * ... + position * positionStride + head * headStride + i.
struct HeadLayout {
    int64_t batches, positions, heads, size;
    int64_t positionStride, headStride;

    CLIPSCOPE_HD int64_t perBatch() const { return positions * heads * size; }
};

/// Which elements of a head are rotated together: the first `half` pairs, neighbours where
/// interleaved, else i and half + i.
struct Rotation {
    HeadLayout layout{};
    int64_t half = 0;
    bool interleaved = false;
};

namespace functors {

struct Rotated {
    float first;
    float second;
};

CLIPSCOPE_HD inline Rotated rotated(float a, float b, float cosine, float sine) {
    return {cosine * a - sine * b, sine * a + cosine * b};
}

}  // namespace functors
}  // namespace clipscope::runtime
