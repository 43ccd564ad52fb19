// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What one thread has seen of a tensor: runs of one bin, zeros and what has no bin are counted in
/// registers, so that constant and mostly-zero data cost few atomics.

#include <math.h>

#include "gpu/kernels/histogram_window.h"

namespace clipscope::gpu {

/// Counts of one launch by key: kKeys 32-bit counts, 8-byte aligned, all 0 before; and for each
/// signed octave the epoch in which it last got any.
struct CountTable {
    uint32_t* counts = nullptr;
    uint32_t* touched = nullptr;
    uint32_t epoch = 1;  ///< of this tensor: another one than any value in `touched`
};

/// The extremes of finite values.
struct Extremes {
    float largest = -HUGE_VALF;
    float least = HUGE_VALF;

    CLIPSCOPE_HD void include(float value) {
        largest = ::fmaxf(largest, value);
        least = ::fminf(least, value);
    }
    CLIPSCOPE_HD void include(const Extremes& other) {
        largest = ::fmaxf(largest, other.largest);
        least = ::fminf(least, other.least);
    }
    CLIPSCOPE_HD bool isEmpty() const { return largest < least; }
    /// As StoredHistogram holds them.
    CLIPSCOPE_HD uint32_t largestRank() const { return isEmpty() ? 0 : rankOf(bitsOf(largest)); }
    CLIPSCOPE_HD uint32_t leastRank() const { return isEmpty() ? 0 : ~rankOf(bitsOf(least)); }
    CLIPSCOPE_HD uint32_t amaxBits() const {
        return isEmpty() ? 0 : bitsOf(::fmaxf(::fabsf(largest), ::fabsf(least)));
    }
};

/// Where a block counts.
struct Counters {
    HistogramWindow window;
    uint32_t* words = nullptr;  ///< of the window, in shared memory
    CountTable table;

    template <typename Block>
    CLIPSCOPE_HD void add(uint32_t key, uint32_t count) const {
        if (const int word = window.wordOf(key); word >= 0)
            Block::add(&words[word], count);
        else
            addOutside<Block>(key, count);
    }
    template <typename Block>
    CLIPSCOPE_HD void addOutside(uint32_t key, uint32_t count) const {
        addTo<Block>(table, key, count);
    }

    CLIPSCOPE_HD static void touch(const CountTable& table, uint32_t signedOctave) {
        uint32_t& epoch = table.touched[signedOctave];
        if (epoch != table.epoch)
            epoch = table.epoch;  // whoever else writes it writes the same
    }

private:
    template <typename Block>
    CLIPSCOPE_COLD static void addTo(const CountTable table, uint32_t key, uint32_t count) {
        if (count == 0)
            return;  // before the first run
        Block::add(&table.counts[key], count);
        touch(table, key / kOctaveBins);
    }
};

struct Tally {
    static constexpr uint32_t kNoKey = ~0u;

    uint32_t key = kNoKey;  ///< of the current run
    uint32_t run = 0;
    uint32_t zeros = 0;
    uint32_t nan = 0;
    uint32_t positiveInfinities = 0;
    uint32_t negativeInfinities = 0;

    /// False for a value that is left to observeRare(): what has no bin, and denormals that share
    /// one with 0.
    template <typename Block>
    CLIPSCOPE_HD bool observe(float value, Extremes& extremes, const Counters& counters) {
        const uint32_t bits = bitsOf(value);
        const uint32_t itsKey = bits >> histogram::kFineShift;
        if (itsKey != key) {
            if (isOrdinary(itsKey)) {
                counters.template add<Block>(key, run);
                key = itsKey;
                run = 0;
            } else if ((bits & 0x7fffffffu) == 0) {
                ++zeros;
                extremes.include(value);
                return true;
            } else {
                return false;
            }
        }
        ++run;
        extremes.include(value);
        return true;
    }

    /// Ignores other values.
    template <typename Block>
    CLIPSCOPE_HD void observeRare(float value, Extremes& extremes, const Counters& counters) {
        const uint32_t bits = bitsOf(value);
        const uint32_t magnitude = bits & 0x7fffffffu;
        const uint32_t itsKey = bits >> histogram::kFineShift;
        if (isOrdinary(itsKey) || magnitude == 0)
            return;
        if (magnitude > 0x7f800000u) {
            ++nan;
        } else if (magnitude == 0x7f800000u) {
            ++(bits >> 31 ? negativeInfinities : positiveInfinities);
        } else {
            extremes.include(value);
            counters.template addOutside<Block>(itsKey, 1);
        }
    }

    template <typename Block>
    CLIPSCOPE_HD void flush(const Counters& counters) {
        counters.template add<Block>(key, run);
        run = 0;
    }

private:
    /// All values of the bin are finite and none is 0.
    CLIPSCOPE_HD static bool isOrdinary(uint32_t itsKey) {
        constexpr uint32_t kInfinity = 0x7f800000u >> histogram::kFineShift;
        return (itsKey & (kKeySign - 1)) - 1 < kInfinity - 1;
    }
};

}  // namespace clipscope::gpu
