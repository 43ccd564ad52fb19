// SPDX-License-Identifier: Apache-2.0
#include "gpu/bandwidth.h"

#include <cstring>

#include <gtest/gtest.h>

#include "analysis/runtime/cpu/cpu_device.h"
#include "tests/expect_error.h"
#include "tests/gpu/stepped_backend.h"

namespace clipscope::gpu {
namespace {

constexpr BandwidthSizes kSmall{.bytes = 4000, .tensors = 3, .rounds = 2};

TEST(Bandwidth, IsBytesOverTheProcessorsTime) {
    const auto backend = std::make_shared<SteppedBackend>();
    backend->setSeconds(0.5);
    const auto device = makeSteppedDevice(backend);
    const std::vector<BandwidthFigure> figures = measureBandwidth(*device, kSmall);
    // 2 rounds of 3 tensors of 4000 bytes in half a second; a copy reads and writes them.
    ASSERT_EQ(figures.size(), 6u);
    EXPECT_EQ(figures[0].bytesPerSecond, 96000);
    for (size_t i = 1; i < figures.size(); ++i)
        EXPECT_EQ(figures[i].bytesPerSecond, 48000) << figures[i].name;
    for (size_t i = 3; i < figures.size(); ++i)
        EXPECT_EQ(figures[i].share, 0.5) << figures[i].name;
    for (const BandwidthFigure& figure : figures)
        EXPECT_EQ(figure.failure, "") << figure.name;
    EXPECT_EQ(figures[3].name, "histogram of normal values");
    EXPECT_EQ(figures[3].wanted, 0.80);
    EXPECT_TRUE(figures[3].isLow());
    EXPECT_EQ(figures[4].name, "histogram of a constant");
    EXPECT_EQ(figures[4].wanted, 0.55);
    EXPECT_TRUE(figures[4].isLow());
    EXPECT_FALSE(figures[5].isLow());
}

TEST(Bandwidth, SaysWhatIsNoGpuAndWhenMemoryIsShort) {
    runtime::CpuDevice cpu;
    expectError([&] { measureBandwidth(cpu, kSmall); }, {"cpu", "no GPU"});
    const auto little = makeSteppedDevice(std::make_shared<SteppedBackend>(8000));
    expectError([&] { measureBandwidth(*little, kSmall); }, {"no memory"});
}

/// Its copies to the device put another value first.
class ForgetfulBackend final : public SteppedBackend {
    void copyIn(std::byte* to, const std::byte* pinned, size_t size, Lane lane) override {
        SteppedBackend::copyIn(to, pinned, size, lane);
        const float other = 77;
        std::memcpy(to, &other, sizeof other);
    }
};

TEST(Bandwidth, FindsCountsThatAreWrong) {
    const auto device = makeSteppedDevice(std::make_shared<ForgetfulBackend>());
    const std::vector<BandwidthFigure> figures = measureBandwidth(*device, kSmall);
    for (const BandwidthFigure& figure : figures)
        EXPECT_EQ(!figure.failure.empty(), figure.name.starts_with("histogram")) << figure.name;
}

}  // namespace
}  // namespace clipscope::gpu
