// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How kernels share their work among threads and warps.

#include "gpu/block.h"

namespace clipscope::gpu {

/// f(i) for every i below `count`, over the threads of all blocks.
template <typename Block, typename F>
CLIPSCOPE_HD void forEachIndex(const Block& block, int64_t count, F&& f) {
    block.alone([&](int thread) {
        const int64_t step = block.count() * block.size();
        for (int64_t i = block.index() * block.size() + thread; i < count; i += step)
            f(i);
    });
}

/// A warp takes a unit of work: round(first) wherever the warps of the block take the units from
/// `first` on, one each, of those in [begin, end). All warps go through equally many rounds.
template <typename Block, typename Round>
CLIPSCOPE_HD void forEachRound(const Block& block, int64_t begin, int64_t end, Round&& round) {
    const int64_t warps = block.size() / kWarp;
    const int64_t step = block.count() * warps;
    for (int64_t first = begin + block.index() * warps; first < end; first += step)
        round(first);
}

/// A phase of such a round: f(unit, lane, thread) for the threads whose warp has a unit.
template <typename Block, typename F>
CLIPSCOPE_HD void inWarps(const Block& block, int64_t first, int64_t end, F&& f) {
    block.alone([&](int thread) {
        const int64_t unit = first + thread / kWarp;
        if (unit < end)
            f(unit, thread % kWarp, thread);
    });
}

}  // namespace clipscope::gpu
