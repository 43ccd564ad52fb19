// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One pass over a tensor: its values into the device's table of counts by key, what has no bin and
/// the extremes into the tensor's histogram, and the ranges of its channels and samples.
///
/// A thread counts zeros and runs of one key in registers, so that constant and mostly-zero data
/// cost few atomics; a block counts the octaves of its window (histogram_window.h) in shared
/// memory. A launch sees fewer than 2^31 values, and the table is emptied by accumulate.h after
/// each: no 32-bit count can overflow.

#include "gpu/block.h"
#include "gpu/kernels/histogram_window.h"
#include "gpu/kernels/observed_layout.h"
#include "gpu/kernels/stored_histogram.h"

namespace clipscope::gpu {

/// Counts of one launch: kKeys 32-bit counts, 8-byte aligned, and a flag for each signed octave
/// that has any. All bytes 0 before a launch.
struct CountTable {
    uint32_t* counts = nullptr;
    uint32_t* touched = nullptr;
};

/// Where ranges go; null pointers for what is not wanted. Values as in StoredHistogram.
struct ObservedRanges {
    uint32_t* channelLargest = nullptr;
    uint32_t* channelLeast = nullptr;
    uint32_t* sampleAmax = nullptr;  ///< bits of the largest finite |x|
};

struct CountKernel {
    static constexpr int kThreads = 1024;
    static constexpr uint32_t kControl = 4;  ///< words of shared memory before the window's
    static constexpr int kLoads = 8;  ///< values that a thread asks for before it counts them

    const float* x = nullptr;
    ObservedLayout layout;
    CountTable table;
    ObservedRanges ranges;
    StoredHistogram* stored = nullptr;
    uint32_t words = 0;  ///< of shared memory that the window may take
    int64_t firstUnit = 0;
    int64_t lastUnit = 0;  ///< one past it; no more than kMostUnits in a launch
    static constexpr int64_t kMostUnits = (int64_t{1} << 31) / ObservedLayout::kPiece - 1;

    /// Bytes of shared memory to launch with, of `available`.
    static size_t sharedBytes(size_t available) {
        const size_t wanted = (kControl + HistogramWindow::kMostWords) * sizeof(uint32_t);
        return available < wanted ? available : wanted;
    }
    static uint32_t windowWords(size_t sharedBytes) {
        return static_cast<uint32_t>(sharedBytes / sizeof(uint32_t)) - kControl;
    }

    /// What a thread has seen.
    struct Tally {
        uint32_t key = 0;  ///< of the current run
        uint32_t run = 0;
        uint32_t zeros = 0;
        uint32_t nan = 0;
        uint32_t positiveInfinities = 0;
        uint32_t negativeInfinities = 0;
        uint32_t unitLargest = 0;  ///< rankOf() of finite values since the last unit began
        uint32_t unitLeast = 0;    ///< largest ~rankOf()
    };

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        uint32_t* shared = block.template shared<uint32_t>();
        uint32_t* bins = shared + kControl;
        typename Block::template PerThread<HistogramWindow> windows(block, HistogramWindow());
        chooseWindow(block, shared, windows);

        typename Block::template PerThread<Tally> tallies(block, Tally());
        typename Block::template PerThread<uint32_t> largest(block, 0u);
        typename Block::template PerThread<uint32_t> least(block, 0u);
        typename Block::template PerThread<uint32_t> allLargest(block, 0u);
        typename Block::template PerThread<uint32_t> allLeast(block, 0u);
        const int64_t warps = block.size() / kWarp;
        for (int64_t first = firstUnit + block.index() * warps; first < lastUnit;
             first += block.count() * warps) {
            block.alone([&](int thread) {
                Tally& tally = tallies[thread];
                tally.unitLargest = tally.unitLeast = 0;
                if (first + thread / kWarp < lastUnit)
                    visit<Block>(first + thread / kWarp, thread % kWarp, tally, windows[thread],
                                 bins);
                largest[thread] = tally.unitLargest;
                least[thread] = tally.unitLeast;
                allLargest[thread] = larger(allLargest[thread], tally.unitLargest);
                allLeast[thread] = larger(allLeast[thread], tally.unitLeast);
            });
            block.reduce(largest, Larger());
            block.reduce(least, Larger());
            block.alone([&](int thread) {
                const int64_t unit = first + thread / kWarp;
                if (thread % kWarp == 0 && unit < lastUnit)
                    publishUnit<Block>(unit, largest[thread], least[thread]);
            });
        }
        block.each([&](int thread) { flushRun<Block>(tallies[thread], windows[thread], bins); });
        block.each(
            [&](int thread) { flushWindow<Block>(thread, block.size(), windows[thread], bins); });
        publishTotals(block, tallies, allLargest, allLeast);
    }

private:
    CLIPSCOPE_HD static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }
    struct Larger {
        CLIPSCOPE_HD uint32_t operator()(uint32_t a, uint32_t b) const { return a > b ? a : b; }
    };
    struct Sum {
        CLIPSCOPE_HD uint32_t operator()(uint32_t a, uint32_t b) const { return a + b; }
    };

    /// Raises *to; most values are no news, which a read that may be out of date can tell.
    template <typename Block>
    CLIPSCOPE_HD static void raise(uint32_t* to, uint32_t value) {
        if (value > *to)
            Block::raise(to, value);
    }

    /// Clears shared memory and looks at values from all over the tensor, the same in every block.
    template <typename Block, typename Windows>
    CLIPSCOPE_HD void chooseWindow(Block& block, uint32_t* shared, Windows& windows) const {
        block.each([&](int thread) {
            for (uint32_t i = static_cast<uint32_t>(thread); i < kControl + words;
                 i += static_cast<uint32_t>(block.size()))
                shared[i] = 0;
        });
        block.each([&](int thread) {
            const int64_t count = layout.count();
            if (thread >= count)
                return;
            const int64_t step = count > block.size() ? count / block.size() : 1;
            const uint32_t bits = bitsOf(x[thread * step]);
            const uint32_t magnitude = bits & 0x7fffffffu;
            if (magnitude == 0 || magnitude >= 0x7f800000u)
                return;
            Block::raise(&shared[0], (magnitude >> 23) + 1);
            Block::raise(&shared[1 + (bits >> 31)], 1u);
        });
        block.each([&](int thread) {
            windows[thread] = HistogramWindow::of(static_cast<int>(shared[0]) - 1, shared[1] != 0,
                                                  shared[2] != 0, words);
        });
    }

    template <typename Block>
    CLIPSCOPE_HD void visit(int64_t unit, int lane, Tally& tally, const HistogramWindow& window,
                            uint32_t* bins) const {
        if (layout.columnsAreChannels)
            visitColumns<Block>(unit, lane, tally, window, bins);
        else
            visitRow<Block>(unit, lane, tally, window, bins);
    }

    template <typename Block>
    CLIPSCOPE_HD void visitRow(int64_t unit, int lane, Tally& tally, const HistogramWindow& window,
                               uint32_t* bins) const {
        const int64_t row = unit / layout.pieces;
        const int64_t begin = unit % layout.pieces * layout.piece;
        const int64_t left = layout.length - begin;
        const int64_t count = left < layout.piece ? left : layout.piece;
        const float* from = x + row * layout.length + begin;
        if (layout.length % 4 == 0 && reinterpret_cast<uintptr_t>(x) % sizeof(Four) == 0)
            visitFours<Block>(reinterpret_cast<const Four*>(from), count / 4, lane, tally, window,
                              bins);
        else
            visitEvery<Block>(from, count, kWarp, lane, tally, window, bins);
    }

    /// kWarp neighbouring columns, one of them each lane's, down kRows rows of one sample.
    template <typename Block>
    CLIPSCOPE_HD void visitColumns(int64_t unit, int lane, Tally& tally,
                                   const HistogramWindow& window, uint32_t* bins) const {
        const int64_t column = unit % layout.pieces * kWarp + lane;
        if (column >= layout.length)
            return;
        const int64_t chunk = unit / layout.pieces % layout.chunks;
        const int64_t sample = unit / layout.pieces / layout.chunks;
        const int64_t row = chunk * ObservedLayout::kRows;
        const int64_t left = layout.rowsPerSample - row;
        const int64_t count = left < ObservedLayout::kRows ? left : ObservedLayout::kRows;
        const float* from = x + (sample * layout.rowsPerSample + row) * layout.length + column;
        visitEvery<Block>(from, count * layout.length, layout.length, 0, tally, window, bins);
        raise<Block>(&ranges.channelLargest[column], tally.unitLargest);
        raise<Block>(&ranges.channelLeast[column], tally.unitLeast);
    }

    struct alignas(16) Four {
        float values[4];
    };

    template <typename Block>
    CLIPSCOPE_HD void visitFours(const Four* from, int64_t count, int lane, Tally& tally,
                                 const HistogramWindow& window, uint32_t* bins) const {
        constexpr int kFours = kLoads / 2;
        for (int64_t at = lane; at < count; at += kFours * kWarp) {
            Four loaded[kFours];
            for (int k = 0; k < kFours; ++k)
                if (at + k * kWarp < count)
                    loaded[k] = from[at + k * kWarp];
            for (int k = 0; k < kFours; ++k)
                if (at + k * kWarp < count)
                    for (const float value : loaded[k].values)
                        observe<Block>(value, tally, window, bins);
        }
    }

    /// from[first], from[first + step] and so on before from[end].
    template <typename Block>
    CLIPSCOPE_HD void visitEvery(const float* from, int64_t end, int64_t step, int64_t first,
                                 Tally& tally, const HistogramWindow& window,
                                 uint32_t* bins) const {
        for (int64_t at = first; at < end; at += kLoads * step) {
            float loaded[kLoads];
            for (int k = 0; k < kLoads; ++k)
                loaded[k] = at + k * step < end ? from[at + k * step] : 0.0f;
            for (int k = 0; k < kLoads; ++k)
                if (at + k * step < end)
                    observe<Block>(loaded[k], tally, window, bins);
        }
    }

    template <typename Block>
    CLIPSCOPE_HD void observe(float value, Tally& tally, const HistogramWindow& window,
                              uint32_t* bins) const {
        const uint32_t bits = bitsOf(value);
        const uint32_t magnitude = bits & 0x7fffffffu;
        if (magnitude >= 0x7f800000u) {
            if (magnitude > 0x7f800000u)
                ++tally.nan;
            else if (bits >> 31)
                ++tally.negativeInfinities;
            else
                ++tally.positiveInfinities;
            return;
        }
        const uint32_t rank = rankOf(bits);
        tally.unitLargest = larger(tally.unitLargest, rank);
        tally.unitLeast = larger(tally.unitLeast, ~rank);
        if (magnitude == 0) {
            ++tally.zeros;
            return;
        }
        const uint32_t key = bits >> histogram::kFineShift;
        if (key != tally.key) {
            flushRun<Block>(tally, window, bins);
            tally.key = key;
        }
        ++tally.run;
    }

    template <typename Block>
    CLIPSCOPE_HD void flushRun(Tally& tally, const HistogramWindow& window, uint32_t* bins) const {
        if (tally.run == 0)
            return;
        const int word = window.wordOf(tally.key);
        if (word >= 0) {
            Block::add(&bins[word], tally.run);
        } else {
            Block::add(&table.counts[tally.key], tally.run);
            touch(tally.key);
        }
        tally.run = 0;
    }

    CLIPSCOPE_HD void touch(uint32_t key) const {
        uint32_t& flag = table.touched[key >> histogram::kFineBits];
        if (flag == 0)
            flag = 1;  // whoever else writes it writes the same
    }

    /// The window's counts to the device's table: fine ones two by two, which no carry can leave.
    template <typename Block>
    CLIPSCOPE_HD void flushWindow(int thread, int size, const HistogramWindow& window,
                                  const uint32_t* bins) const {
        for (int sign = 0; sign < 2; ++sign) {
            if (!window.has(sign != 0))
                continue;
            const uint32_t* part = bins + window.start(sign != 0);
            for (uint32_t i = 2 * static_cast<uint32_t>(thread); i < window.fineWords();
                 i += 2 * static_cast<uint32_t>(size)) {
                const uint64_t pair = part[i] | static_cast<uint64_t>(part[i + 1]) << 32;
                if (pair == 0)
                    continue;
                const uint32_t key = window.keyOfFine(sign != 0, i);
                Block::add(reinterpret_cast<uint64_t*>(&table.counts[key]), pair);
                touch(key);
            }
            const uint32_t* folded = part + window.fineWords();
            for (uint32_t i = static_cast<uint32_t>(thread); i < HistogramWindow::kCoarseWords;
                 i += static_cast<uint32_t>(size)) {
                if (folded[i] == 0)
                    continue;
                const uint32_t key = window.keyOfFolded(sign != 0, i);
                Block::add(&table.counts[key], folded[i]);
                touch(key);
            }
        }
    }

    template <typename Block>
    CLIPSCOPE_HD void publishUnit(int64_t unit, uint32_t largest, uint32_t least) const {
        if (largest == 0)
            return;  // nothing finite
        if (ranges.channelLargest && !layout.columnsAreChannels) {
            const int64_t channel = unit / layout.pieces % layout.channels;
            raise<Block>(&ranges.channelLargest[channel], largest);
            raise<Block>(&ranges.channelLeast[channel], least);
        }
        if (ranges.sampleAmax) {
            const uint32_t high = bitsOfRank(largest) & 0x7fffffffu;
            const uint32_t low = bitsOfRank(~least) & 0x7fffffffu;
            raise<Block>(&ranges.sampleAmax[layout.sampleOf(unit)], larger(high, low));
        }
    }

    template <typename Block, typename Tallies, typename Ranks>
    CLIPSCOPE_HD void publishTotals(Block& block, Tallies& tallies, Ranks& largest,
                                    Ranks& least) const {
        block.reduce(largest, Larger());
        block.reduce(least, Larger());
        block.alone([&](int thread) {
            if (thread % kWarp != 0)
                return;
            raise<Block>(&stored->largest, largest[thread]);
            raise<Block>(&stored->least, least[thread]);
        });
        typename Block::template PerThread<uint32_t> values(block, 0u);
        const auto add = [&](uint32_t Tally::*member, uint64_t* to) {
            block.alone([&](int thread) { values[thread] = tallies[thread].*member; });
            block.reduce(values, Sum());
            block.alone([&](int thread) {
                if (thread % kWarp == 0 && values[thread] > 0)
                    Block::add(to, static_cast<uint64_t>(values[thread]));
            });
        };
        add(&Tally::zeros, &stored->zeros);
        add(&Tally::nan, &stored->nan);
        add(&Tally::positiveInfinities, &stored->positiveInfinities);
        add(&Tally::negativeInfinities, &stored->negativeInfinities);
    }
};

}  // namespace clipscope::gpu
