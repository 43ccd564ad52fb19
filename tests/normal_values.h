// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace clipscope {

/// Values of the normal distribution around 0, the same ones for a seed.
inline std::vector<float> normal(size_t count, uint32_t seed, float deviation = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<float> distribution;
    std::vector<float> values(count);
    for (float& value : values)
        value = deviation * distribution(random);
    return values;
}

}  // namespace clipscope
