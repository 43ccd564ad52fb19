// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/device_comparison.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "analysis/runtime/cpu/cpu_device.h"
#include "tests/gpu/stepped_backend.h"

namespace clipscope::gpu {
namespace {

TEST(DeviceComparison, KernelsSteppedOnTheCpuPass) {
    runtime::CpuDevice cpu;
    const auto device = makeSteppedDevice();
    const std::vector<runtime::DeviceCheck> checks = runtime::compareDevices(*device, cpu);
    EXPECT_GT(checks.size(), 50u);
    for (const runtime::DeviceCheck& check : checks) {
        EXPECT_TRUE(check.passed()) << check.name << ": " << check.error << " " << check.failure;
        EXPECT_FALSE(check.leftToHost) << check.name;
    }
}

/// Off by a little in one method.
class WrongDevice final : public runtime::CpuDevice {
    void softmax(const Tensor& x, size_t axis, bool log, Tensor& y) override {
        CpuDevice::softmax(x, axis, log, y);
        y.mutableValues<float>()[7] *= 1.001f;
    }
};

TEST(DeviceComparison, FindsAMethodThatIsWrong) {
    runtime::CpuDevice cpu;
    WrongDevice device;
    for (const runtime::DeviceCheck& check : runtime::compareDevices(device, cpu))
        EXPECT_EQ(check.passed(), check.name.find("oftmax") == std::string::npos) << check.name;
}

}  // namespace
}  // namespace clipscope::gpu
