// SPDX-License-Identifier: Apache-2.0
#pragma once

/// `--two-pass`: the finite |x| of a tensor into n equal bins over [0, amax], as
/// histogram::addExactAbs counts them (numpy's rule).

#include "gpu/block.h"

namespace clipscope::gpu {

struct ExactBinsKernel {
    static constexpr int kThreads = 512;

    const float* x = nullptr;
    int64_t count = 0;             ///< fewer than 2^32 a launch
    const float* edges = nullptr;  ///< n + 1, the last one is amax
    int64_t n = 0;
    double amax = 0;
    uint64_t* bins = nullptr;
    bool isShared = false;  ///< n words of shared memory count for the block

    template <typename Block>
    CLIPSCOPE_HD void operator()(Block& block) const {
        uint32_t* own = block.template shared<uint32_t>();
        if (isShared)
            block.each([&](int thread) {
                for (int64_t k = thread; k < n; k += block.size())
                    own[k] = 0;
            });
        block.each([&](int thread) {
            for (int64_t i = block.index() * block.size() + thread; i < count;
                 i += block.count() * block.size()) {
                const uint32_t magnitude = bitsOf(x[i]) & 0x7fffffffu;
                if (magnitude >= 0x7f800000u)
                    continue;
                const int64_t k = magnitude == 0 ? 0 : binOf(std::bit_cast<float>(magnitude));
                if (isShared)
                    Block::add(&own[k], 1u);
                else
                    Block::add(&bins[k], uint64_t{1});
            }
        });
        if (isShared)
            block.each([&](int thread) {
                for (int64_t k = thread; k < n; k += block.size())
                    if (own[k] != 0)
                        Block::add(&bins[k], static_cast<uint64_t>(own[k]));
            });
    }

private:
    CLIPSCOPE_HD int64_t binOf(float magnitude) const {
        const double at = static_cast<double>(magnitude) * static_cast<double>(n) / amax;
        int64_t k = at < static_cast<double>(n) ? static_cast<int64_t>(at) : n - 1;
        if (magnitude < edges[k])
            --k;
        else if (k < n - 1 && magnitude >= edges[k + 1])
            ++k;
        return k;
    }
};

}  // namespace clipscope::gpu
