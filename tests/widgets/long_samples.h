// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "analysis/data/npy.h"

namespace clipscope {

/// Writes enough digits of noise for a run of the LeNet example to last for seconds, so that a test
/// can act in the middle of it.
inline std::filesystem::path writeLongSamples(const std::filesystem::path& path) {
    constexpr int64_t kSamples = 6000;
    std::vector<float> values(kSamples * 28 * 28);
    uint32_t state = 1;
    for (float& value : values) {
        state = state * 1664525u + 1013904223u;
        value = static_cast<float>(state >> 8) / 16777216.0f;
    }
    data::writeNpy(path, Tensor::of<float>({kSamples, 1, 28, 28}, values));
    return path;
}

}  // namespace clipscope
