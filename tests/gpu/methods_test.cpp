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

}  // namespace
}  // namespace clipscope::gpu
