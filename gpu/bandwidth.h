// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/runtime/device.h"

namespace clipscope::gpu {

/// How fast something goes through a GPU's memory.
struct BandwidthFigure {
    std::string name;
    double bytesPerSecond = 0;
    /// Of the rate of a copy within the GPU, which reads and writes; 0: not held against it.
    double share = 0;
    double wanted = 0;    ///< the share that it should reach; 0: none
    std::string failure;  ///< what came out wrong; "" for nothing
    bool isLow() const { return share < wanted; }
};

struct BandwidthSizes {
    size_t bytes = size_t{64} << 20;  ///< of a tensor
    size_t tensors = 4;               ///< 2 or more that take turns, too large for a cache together
    size_t rounds = 5;                ///< through all tensors
};

/// Measures copies within the GPU (bytes read and written) and to it, and the counting of
/// histograms (bytes read) of normal values, zeros and a constant, the worst case for its atomics.
/// What was counted is held against the CPU bin for bin. Throws Error: `device` is no GPU, or has
/// no memory for the tensors.
std::vector<BandwidthFigure> measureBandwidth(runtime::Device& device,
                                              const BandwidthSizes& sizes = {});

}  // namespace clipscope::gpu
