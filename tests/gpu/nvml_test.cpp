// SPDX-License-Identifier: Apache-2.0
#include "gpu/nvml.h"

#include <gtest/gtest.h>

namespace clipscope::gpu {
namespace {

TEST(Nvml, SaysWhatIsFree) {
    EXPECT_EQ(freeMemoryAt("0000:01:00.0", CLIPSCOPE_FAKE_NVML), size_t{3} << 30);
    EXPECT_EQ(freeMemoryAt("0000:01:00.0", CLIPSCOPE_FAKE_NVML), size_t{3} << 30);  // started anew
}

TEST(Nvml, IsZeroForWhatIsNotKnown) {
    EXPECT_EQ(freeMemoryAt("0000:02:00.0", CLIPSCOPE_FAKE_NVML), 0u);
    EXPECT_EQ(freeMemoryAt("0000:01:00.0", "/nowhere/libnvidia-ml.so.1"), 0u);
    EXPECT_EQ(freeMemoryAt("0000:01:00.0", "libm.so.6"), 0u);
}

}  // namespace
}  // namespace clipscope::gpu
