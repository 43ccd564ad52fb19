// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One pass over a tensor: its values into the device's table of counts by key, what has no bin and
/// the extremes into the tensor's histogram, and the ranges of its channels and samples.
///
/// A thread counts in registers what it can (tally.h), a block the octaves of its window in shared
/// memory (histogram_window.h). A launch sees fewer than 2^31 values, and the table is emptied by
/// accumulate.h after each: no 32-bit count can overflow.

#include "gpu/kernels/stored_histogram.h"
#include "gpu/kernels/tally.h"
#include "gpu/kernels/visit.h"

namespace clipscope::gpu {

/// Where ranges go; null pointers for what is not wanted. Values as in StoredHistogram.
struct ObservedRanges {
    uint32_t* channelLargest = nullptr;
    uint32_t* channelLeast = nullptr;
    uint32_t* sampleAmax = nullptr;  ///< bits of the largest finite |x|
};

struct CountKernel {
    static constexpr int kThreads = 1024;
    /// Words of shared memory before the window's: what the sample shows, then a flag for each
    /// octave of each sign's part.
    static constexpr uint32_t kFlags = 4;
    static constexpr uint32_t kControl = kFlags + 2 * kWarp;
    static_assert(HistogramWindow::kOctaves <= kWarp);

    const float* x = nullptr;
    ObservedLayout layout;
    CountTable table;
    ObservedRanges ranges;
    StoredHistogram* stored = nullptr;
    uint32_t words = 0;  ///< of shared memory that the window may take
    int64_t firstUnit = 0;
    int64_t lastUnit = 0;  ///< one past it; no more than kMostUnits in a launch
    static constexpr int64_t kMostUnits = (int64_t{1} << 31) / ObservedLayout::kMostValues - 1;

    /// Bytes of shared memory to launch with, of `available`.
    static size_t sharedBytes(size_t available) {
        const size_t wanted = (kControl + HistogramWindow::kMostWords) * sizeof(uint32_t);
        return available < wanted ? available : wanted;
    }
    static uint32_t windowWords(size_t sharedBytes) {
        return static_cast<uint32_t>(sharedBytes / sizeof(uint32_t)) - kControl;
    }

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        uint32_t* shared = block.template shared<uint32_t>();
        typename Block::template PerThread<Counters> counters(block, Counters());
        chooseWindow(block, shared, counters);

        typename Block::template PerThread<Tally> tallies(block, Tally());
        typename Block::template PerThread<Extremes> all(block, Extremes());
        typename Block::template PerThread<Extremes> ofUnit(block, Extremes());
        const int64_t step = block.count() * (block.size() / kWarp);
        for (int64_t first = firstUnit; first < lastUnit; first += step) {
            // Neighbouring units go to different blocks, so that all have work.
            const auto unitOf = [&](int thread) {
                return first + thread / kWarp * block.count() + block.index();
            };
            block.alone([&](int thread) {
                ofUnit[thread] = {};
                if (unitOf(thread) < lastUnit)
                    visit<Block>(unitOf(thread), thread % kWarp, tallies[thread], ofUnit[thread],
                                 counters[thread]);
                all[thread].include(ofUnit[thread]);
            });
            if (!ranges.sampleAmax && (!ranges.channelLargest || layout.columnsAreChannels))
                continue;
            block.reduce(ofUnit, Join());
            block.alone([&](int thread) {
                if (thread % kWarp == 0 && unitOf(thread) < lastUnit)
                    publishUnit<Block>(unitOf(thread), ofUnit[thread]);
            });
        }
        block.each([&](int thread) { tallies[thread].template flush<Block>(counters[thread]); });
        block.each([&](int thread) { flushWindow(block, thread, shared, counters[thread]); });
        block.alone([&](int thread) {
            if (thread >= 2 * kWarp || shared[kFlags + static_cast<uint32_t>(thread)] == 0)
                return;
            const auto index = static_cast<uint32_t>(thread % kWarp);
            const auto octave = static_cast<uint32_t>(counters[thread].window.octaveOf(index));
            Counters::touch(table, (thread < kWarp ? 0 : kSignedOctaves / 2) + octave);
        });
        publishTotals(block, tallies, all);
    }

private:
    struct Join {
        CLIPSCOPE_HD Extremes operator()(Extremes a, const Extremes& b) const {
            a.include(b);
            return a;
        }
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
    template <typename Block, typename PerThread>
    CLIPSCOPE_HD void chooseWindow(Block& block, uint32_t* shared, PerThread& counters) const {
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
            counters[thread] = {HistogramWindow::of(static_cast<int>(shared[0]) - 1, shared[1] != 0,
                                                    shared[2] != 0, words),
                                shared + kControl, table};
        });
    }

    template <typename Block>
    CLIPSCOPE_HD void visit(int64_t unit, int lane, Tally& tally, Extremes& extremes,
                            const Counters& counters) const {
        const auto observe = [&](float value, Extremes& into) {
            return tally.observe<Block>(value, into, counters);
        };
        const auto observeRare = [&](float value, Extremes& into) {
            tally.observeRare<Block>(value, into, counters);
        };
        if (!layout.columnsAreChannels)
            return visitRow(x, layout, unit, lane, extremes, observe, observeRare);
        visitColumns(x, layout, unit, lane, observe, observeRare,
                     [&](int64_t channel, const Extremes& of) {
                         raise<Block>(&ranges.channelLargest[channel], of.largestRank());
                         raise<Block>(&ranges.channelLeast[channel], of.leastRank());
                         extremes.include(of);
                     });
    }

    /// The window's counts to the device's table: fine ones two by two, which no carry can leave,
    /// from another octave on in each block, so that they do not all add to the same ones.
    template <typename Block>
    CLIPSCOPE_HD void flushWindow(const Block& block, int thread, uint32_t* shared,
                                  const Counters& counters) const {
        const HistogramWindow& window = counters.window;
        const auto step = static_cast<uint32_t>(block.size());
        for (uint32_t sign = 0; sign < 2; ++sign) {
            if (!window.has(sign != 0))
                continue;
            uint32_t* flags = shared + kFlags + sign * kWarp;
            const uint32_t* part = counters.words + window.start(sign != 0);
            const uint32_t end = window.fineWords();
            const uint32_t shift = static_cast<uint32_t>(block.index() % window.fine) * kOctaveBins;
            for (uint32_t i = 2 * static_cast<uint32_t>(thread); i < end; i += 2 * step) {
                const uint32_t word = i + shift < end ? i + shift : i + shift - end;
                const uint64_t pair = part[word] | static_cast<uint64_t>(part[word + 1]) << 32;
                if (pair == 0)
                    continue;
                const uint32_t key = window.keyOfFine(sign != 0, word);
                Block::add(reinterpret_cast<uint64_t*>(&table.counts[key]), pair);
                flags[word / kOctaveBins] = 1;  // whoever else writes it writes the same
            }
            for (uint32_t i = static_cast<uint32_t>(thread); i < HistogramWindow::kCoarseWords;
                 i += step) {
                if (part[end + i] == 0)
                    continue;
                Block::add(&table.counts[window.keyOfFolded(sign != 0, i)], part[end + i]);
                flags[histogram::kFineOctaves + i / kCoarseBins] = 1;
            }
        }
    }

    template <typename Block>
    CLIPSCOPE_HD void publishUnit(int64_t unit, const Extremes& extremes) const {
        if (extremes.isEmpty())
            return;
        if (ranges.channelLargest && !layout.columnsAreChannels) {
            const int64_t channel = unit / layout.pieces % layout.channels;
            raise<Block>(&ranges.channelLargest[channel], extremes.largestRank());
            raise<Block>(&ranges.channelLeast[channel], extremes.leastRank());
        }
        if (ranges.sampleAmax)
            raise<Block>(&ranges.sampleAmax[layout.sampleOf(unit)], extremes.amaxBits());
    }

    template <typename Block, typename Tallies, typename All>
    CLIPSCOPE_HD void publishTotals(Block& block, Tallies& tallies, All& all) const {
        block.reduce(all, Join());
        block.alone([&](int thread) {
            if (thread % kWarp != 0)
                return;
            raise<Block>(&stored->largest, all[thread].largestRank());
            raise<Block>(&stored->least, all[thread].leastRank());
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
