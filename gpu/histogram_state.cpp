// SPDX-License-Identifier: Apache-2.0
#include "gpu/histogram_state.h"

namespace clipscope::gpu {
namespace {

float valueAt(uint32_t rank) {
    return std::bit_cast<float>(bitsOfRank(rank)) + 0.0f;  // + 0 turns -0 into 0
}

void addBins(const uint64_t* counts, uint32_t bins, int sign, int octave, int shift,
             std::vector<histogram::Bin>& into) {
    const uint32_t edge = static_cast<uint32_t>(sign) << 31 | static_cast<uint32_t>(octave) << 23;
    for (uint32_t i = 0; i < bins; ++i)
        if (counts[i] != 0)
            into.push_back({edge | i << shift, 1u << shift, counts[i]});
}

}  // namespace

histogram::Histogram histogramOf(const StoredHistogram& stored) {
    histogram::Histogram::State state;
    state.zeros = stored.zeros;
    state.nan = stored.nan;
    state.positiveInfinities = stored.positiveInfinities;
    state.negativeInfinities = stored.negativeInfinities;
    if (stored.largest != 0) {
        state.max = valueAt(stored.largest);
        state.min = valueAt(~stored.least);
    }
    const int top = stored.tops[0] - 1;
    for (int sign = 0; sign < 2; ++sign)
        for (int octave = 0; octave <= top; ++octave)
            if (octave > top - kRings)
                addBins(stored.fine[sign][octave % kRings], kOctaveBins, sign, octave,
                        histogram::kFineShift, state.bins);
            else
                addBins(stored.coarse[sign][octave], kCoarseBins, sign, octave,
                        histogram::kCoarseShift, state.bins);
    return histogram::Histogram::fromState(state);
}

histogram::TensorStatistics::Range rangeOf(uint32_t largest, uint32_t least) {
    if (largest == 0)
        return {};
    return {valueAt(~least), valueAt(largest)};
}

}  // namespace clipscope::gpu
