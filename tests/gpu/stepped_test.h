// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "gpu/stepped_block.h"
#include "tests/gpu/stepped_backend.h"

namespace clipscope::gpu {

/// A device that steps in the order that is the test's parameter: what it computes must not depend
/// on it.
class SteppedTest : public testing::TestWithParam<SteppingOrder> {
protected:
    SteppedTest() { steppingOrder() = GetParam(); }
    ~SteppedTest() override { steppingOrder() = SteppingOrder::Forward; }

    std::unique_ptr<GpuDevice> m_device = makeSteppedDevice();
};

inline auto everySteppingOrder() {
    return testing::Values(SteppingOrder::Forward, SteppingOrder::Backward,
                           SteppingOrder::Shuffled);
}

inline std::vector<float> normalFloats(int64_t count, unsigned seed, float deviation = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<float> values(0, deviation);
    std::vector<float> made(static_cast<size_t>(count));
    for (float& value : made)
        value = values(random);
    return made;
}

}  // namespace clipscope::gpu
