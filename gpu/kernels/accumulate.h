// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Adds the table of a launch to a tensor's histogram and empties it. Where amax reaches a new
/// octave, the fine octaves that fall behind are folded first.

#include "gpu/block.h"
#include "gpu/kernels/count.h"

namespace clipscope::gpu {

/// One block for each sign and ring slot: it alone writes the slot and the folded octaves of its
/// residue.
struct AccumulateKernel {
    static constexpr int kThreads = 256;
    static constexpr int64_t kBlocks = 2 * kRings;
    static constexpr size_t kSharedBytes = sizeof(int32_t);

    CountTable table;
    StoredHistogram* stored = nullptr;

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        const auto sign = static_cast<int>(block.index()) / kRings;
        const auto ring = static_cast<int>(block.index()) % kRings;
        uint32_t* top = block.template shared<uint32_t>();
        int32_t* storedTop = &stored->tops[block.index()];
        block.each([&](int thread) {
            if (thread == 0)
                *top = static_cast<uint32_t>(*storedTop);
        });
        block.each([&](int octave) {
            if (octave < histogram::kOctaves && (isTouched(0, octave) || isTouched(1, octave)))
                Block::raise(top, static_cast<uint32_t>(octave) + 1);
        });
        typename Block::template PerThread<int32_t> before(block, 0);
        typename Block::template PerThread<int32_t> now(block, 0);
        block.each([&](int thread) {
            before[thread] = *storedTop - 1;
            now[thread] = static_cast<int32_t>(*top) - 1;
        });
        block.each([&](int thread) { foldSlot(thread, sign, ring, before[thread], now[thread]); });
        block.each([&](int thread) {
            for (int octave = ring; octave < histogram::kOctaves; octave += kRings)
                if (isTouched(sign, octave))
                    addOctave(thread, sign, ring, octave, now[thread]);
            if (thread == 0)
                *storedTop = now[thread] + 1;
        });
    }

private:
    CLIPSCOPE_HD static bool isFine(int octave, int top) { return octave > top - kRings; }

    /// The slot's octave, if it was fine and no longer is, goes to the folded ones.
    CLIPSCOPE_HD void foldSlot(int thread, int sign, int ring, int before, int now) const {
        if (before < 0 || thread >= static_cast<int>(kCoarseBins))
            return;
        // The one octave in (before - kRings, before] that lies in this slot.
        const int octave = before - (before - ring + kRings) % kRings;
        if (octave < 0 || isFine(octave, now))
            return;
        uint64_t* fine = &stored->fine[sign][ring][static_cast<uint32_t>(thread) * kFold];
        uint64_t sum = 0;
        for (uint32_t i = 0; i < kFold; ++i) {
            sum += fine[i];
            fine[i] = 0;
        }
        stored->coarse[sign][octave][thread] += sum;
    }

    CLIPSCOPE_HD bool isTouched(int sign, int octave) const {
        return table.touched[sign * static_cast<int>(kSignedOctaves / 2) + octave] == table.epoch;
    }

    /// Empties the octave. Of a folded one each thread takes kFold neighbouring bins.
    CLIPSCOPE_HD void addOctave(int thread, int sign, int ring, int octave, int top) const {
        uint32_t* counts =
            table.counts +
            static_cast<uint32_t>(sign * static_cast<int>(kSignedOctaves / 2) + octave) *
                kOctaveBins;
        if (isFine(octave, top)) {
            for (uint32_t i = static_cast<uint32_t>(thread); i < kOctaveBins; i += kThreads) {
                const uint32_t count = counts[i];
                if (count == 0)
                    continue;
                stored->fine[sign][ring][i] += count;
                counts[i] = 0;
            }
        } else if (thread < static_cast<int>(kCoarseBins)) {
            counts += static_cast<uint32_t>(thread) * kFold;
            uint64_t sum = 0;
            for (uint32_t i = 0; i < kFold; ++i) {
                sum += counts[i];
                counts[i] = 0;
            }
            stored->coarse[sign][octave][thread] += sum;
        }
    }
};

}  // namespace clipscope::gpu
