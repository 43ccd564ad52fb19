// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

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

}  // namespace clipscope::gpu
