// SPDX-License-Identifier: Apache-2.0
// Methods of the device that no operator's cases reach with results in its memory.
#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "tests/gpu/stepped_backend.h"

namespace clipscope::gpu {
namespace {

/// Of few values, so that many are equal.
Tensor coarse(const Shape& shape) {
    std::mt19937 random(1);
    Tensor tensor(DType::Float32, shape);
    for (float& value : tensor.mutableValues<float>())
        value = static_cast<float>(random() % 5) - 2.0f;
    return tensor;
}

TEST(GpuDevice, ArgExtremeOfManyLines) {
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    const Tensor x = coarse({3, 7, 31, 33});
    const auto values = x.values<float>();
    for (const bool largest : {true, false})
        for (const bool last : {true, false}) {
            Tensor y = device->allocate(DType::Int64, {3, 31, 33});
            ASSERT_FALSE(y.isHost());
            device->argExtreme(largest, last, 1, device->fromHost(x), y);
            const Tensor got = device->toHost(y);
            for (size_t n = 0; n < 3; ++n)
                for (size_t i = 0; i < 31 * 33; ++i) {
                    std::vector<float> line;
                    for (size_t k = 0; k < 7; ++k)
                        line.push_back(values[(n * 7 + k) * 31 * 33 + i]);
                    const float wanted =
                        largest ? *std::ranges::max_element(line) : *std::ranges::min_element(line);
                    const auto first = std::ranges::find(line, wanted) - line.begin();
                    const auto lastOne =
                        6 - (std::find(line.rbegin(), line.rend(), wanted) - line.rbegin());
                    ASSERT_EQ(got.values<int64_t>()[n * 31 * 33 + i], last ? lastOne : first);
                }
        }
    EXPECT_EQ(device->hostWork().calls, 0);
}

TEST(GpuDevice, ArgExtremeOfIntegersIsLeftToTheCpu) {
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice();
    Tensor x(DType::Int32, {2, 1000});
    for (size_t i = 0; i < 2000; ++i)
        x.mutableValues<int32_t>()[i] = static_cast<int32_t>(i * 7919 % 1000);
    Tensor y = device->allocate(DType::Int64, {2});
    device->argExtreme(true, false, 1, device->fromHost(x), y);
    for (size_t row = 0; row < 2; ++row)
        EXPECT_EQ(x.values<int32_t>()[row * 1000 + static_cast<size_t>(y.values<int64_t>()[row])],
                  999);
}

/// 5 samples of 3 channels become 4: forward, transposed, and with pads that differ.
Tensor convolved(GpuDevice& device, bool transposed, int64_t padEnd) {
    runtime::ConvolutionParameters parameters;
    parameters.strides = {2, 2};
    parameters.dilations = {1, 1};
    parameters.padsBegin = {1, 1};
    parameters.padsEnd = {padEnd, padEnd};
    parameters.transposed = transposed;
    const auto extent = [&](int64_t n) {
        return transposed ? (n - 1) * 2 + 3 - 1 - padEnd : (n + 1 + padEnd - 3) / 2 + 1;
    };
    Tensor y = device.allocate(DType::Float32, {5, 4, extent(9), extent(11)});
    runtime::NodeState state;
    device.convolve(parameters, device.fromHost(coarse({5, 3, 9, 11})),
                    device.fromHost(coarse(transposed ? Shape{3, 4, 3, 3} : Shape{4, 3, 3, 3})),
                    nullptr, y, state);
    return device.toHost(y);
}

TEST(GpuDevice, ConvolvesInPartsWhatHasTooManyElements) {
    for (const bool transposed : {false, true})
        for (const int64_t padEnd : {1, 2}) {
            const auto plain = std::make_shared<SteppedBackend>();
            const auto limited = std::make_shared<SteppedBackend>();
            const Tensor wanted = convolved(*makeSteppedDevice(plain), transposed, padEnd);
            ASSERT_EQ(plain->convolutions(), 1);
            const int64_t largest = std::max<int64_t>(5 * 3 * 12 * 14, wanted.elementCount());
            limited->setMostConvolved(largest / 5 * 2);
            const std::unique_ptr<GpuDevice> device = makeSteppedDevice(limited);
            const Tensor got = convolved(*device, transposed, padEnd);
            EXPECT_TRUE(std::ranges::equal(got.values<float>(), wanted.values<float>()));
            EXPECT_GE(limited->convolutions(), 2);
            EXPECT_EQ(device->hostWork().calls, 0);
        }
}

TEST(GpuDevice, LeavesASampleThatIsTooLargeToTheCpu) {
    const auto limited = std::make_shared<SteppedBackend>();
    limited->setMostConvolved(100);
    const std::unique_ptr<GpuDevice> device = makeSteppedDevice(limited);
    const Tensor got = convolved(*device, false, 1);
    EXPECT_EQ(device->hostWork().calls, 1);
    const Tensor wanted = convolved(*makeSteppedDevice(), false, 1);
    for (size_t i = 0; i < wanted.values<float>().size(); ++i)
        EXPECT_NEAR(got.values<float>()[i], wanted.values<float>()[i], 1e-5);
}

}  // namespace
}  // namespace clipscope::gpu
