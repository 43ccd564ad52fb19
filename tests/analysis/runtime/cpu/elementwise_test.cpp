// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <random>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/base/parallel.h"
#include "analysis/runtime/cpu/cpu_device.h"
#include "analysis/runtime/rounding.h"

namespace clipscope::runtime {
namespace {

Tensor random(const Shape& shape, unsigned seed) {
    Tensor tensor(DType::Float32, shape);
    std::mt19937 generator(seed);
    std::uniform_int_distribution<int> steps(-64, 64);
    for (float& value : tensor.mutableValues<float>())
        value = static_cast<float>(steps(generator)) / 16;
    return tensor;
}

/// The element of `tensor` that broadcasting puts at the flat position of `shape`.
template <typename T>
T broadcastElement(const Tensor& tensor, const Shape& shape, int64_t position) {
    int64_t offset = 0;
    int64_t stride = 1;
    for (size_t i = 0; i < tensor.rank(); ++i) {
        const size_t axis = shape.rank() - 1 - i;
        const int64_t extent = tensor.shape()[tensor.rank() - 1 - i];
        const int64_t index = position % shape[axis];
        position /= shape[axis];
        offset += (extent == 1 ? 0 : index) * stride;
        stride *= extent;
    }
    return tensor.values<T>()[static_cast<size_t>(offset)];
}

struct Pair {
    Shape a;
    Shape b;
};

// Large enough that threads start in the middle of a run.
const Pair kPairs[] = {
    {{127, 513}, {127, 513}},
    {{127, 513}, {513}},
    {{127, 513}, {127, 1}},
    {{70001}, {}},
    {{}, {70001}},
    {{2, 13, 61, 47}, {13, 1, 1}},
    {{13, 1, 61, 47}, {1, 5, 1, 47}},
    {{20001, 3}, {20001, 1}},
    {{127, 1}, {1, 513}},
    {{3, 1, 5, 1, 7, 127}, {1, 4, 1, 6, 7, 1}},
};

class Threads : public testing::TestWithParam<int> {
protected:
    void SetUp() override { setThreadCount(GetParam()); }
    void TearDown() override { setThreadCount(0); }
    CpuDevice m_device;
};
INSTANTIATE_TEST_SUITE_P(Elementwise, Threads, testing::Values(1, 3));

TEST_P(Threads, SubtractsWithBroadcasting) {
    for (const auto& [shapeA, shapeB] : kPairs) {
        const Tensor a = random(shapeA, 1);
        const Tensor b = random(shapeB, 2);
        Tensor y(DType::Float32, broadcast(shapeA, shapeB));
        m_device.binary(BinaryFunction::Sub, a, b, y);
        for (int64_t i = 0; i < y.elementCount(); ++i)
            ASSERT_EQ(
                y.values<float>()[static_cast<size_t>(i)],
                broadcastElement<float>(a, y.shape(), i) - broadcastElement<float>(b, y.shape(), i))
                << a.toString() << " - " << b.toString() << " at " << i;
    }
}

TEST_P(Threads, ComparesWithBroadcasting) {
    for (const auto& [shapeA, shapeB] : kPairs) {
        const Tensor a = random(shapeA, 1);
        const Tensor b = random(shapeB, 2);
        Tensor y(DType::Bool, broadcast(shapeA, shapeB));
        m_device.binary(BinaryFunction::LessOrEqual, a, b, y);
        for (int64_t i = 0; i < y.elementCount(); ++i)
            ASSERT_EQ(y.values<bool>()[static_cast<size_t>(i)],
                      broadcastElement<float>(a, y.shape(), i) <=
                          broadcastElement<float>(b, y.shape(), i))
                << a.toString() << " <= " << b.toString() << " at " << i;
    }
}

TEST_P(Threads, ChoosesWithBroadcasting) {
    for (const auto& [shapeA, shapeB] : kPairs) {
        const Tensor a = random(shapeA, 1);
        const Tensor b = random(shapeB, 2);
        Tensor condition(DType::Bool, shapeB);
        for (size_t i = 0; i < condition.values<bool>().size(); ++i)
            condition.mutableValues<bool>()[i] = i % 3 == 0;
        Tensor y(DType::Float32, broadcast(shapeA, shapeB));
        m_device.where(condition, a, b, y);
        for (int64_t i = 0; i < y.elementCount(); ++i)
            ASSERT_EQ(y.values<float>()[static_cast<size_t>(i)],
                      broadcastElement<bool>(condition, y.shape(), i)
                          ? broadcastElement<float>(a, y.shape(), i)
                          : broadcastElement<float>(b, y.shape(), i))
                << a.toString() << ", " << b.toString() << " at " << i;
    }
}

TEST_P(Threads, AppliesAFunctionToEveryElement) {
    const Tensor x = random({70001}, 3);
    Tensor y(DType::Float32, x.shape());
    m_device.unary(UnaryFunction::LeakyRelu, {0.25, 0}, x, y);
    for (size_t i = 0; i < x.values<float>().size(); ++i) {
        const float v = x.values<float>()[i];
        ASSERT_EQ(y.values<float>()[i], v < 0 ? v / 4 : v) << i;
    }
}

TEST(Elementwise, ComputesHalvesAsFloats) {
    CpuDevice device;
    const Tensor wide = Tensor::of<float>({4}, std::vector<float>{-1, 0, 1.5f, 3});
    for (const DType type : {DType::Float16, DType::BFloat16}) {
        Tensor x(type, {4}), y(type, {4}), z(type, {4}), isLess(DType::Bool, {4});
        device.cast(wide, x);
        device.unary(UnaryFunction::Relu, {}, x, y);
        device.binary(BinaryFunction::Mul, y, x, z);
        device.binary(BinaryFunction::Less, x, y, isLess);
        EXPECT_EQ(toDoubles(z), (std::vector<double>{0, 0, 2.25, 9}));
        EXPECT_EQ(toDoubles(isLess), (std::vector<double>{1, 0, 0, 0}));
    }
}

TEST(Elementwise, DividesIntegersByZeroWithoutTrapping) {
    CpuDevice device;
    constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
    const Tensor a = Tensor::of<int64_t>({3}, std::vector<int64_t>{7, kLowest, kLowest});
    const Tensor b = Tensor::of<int64_t>({3}, std::vector<int64_t>{0, -1, 0});
    Tensor y(DType::Int64, {3});
    device.binary(BinaryFunction::Div, a, b, y);
    EXPECT_EQ(toInt64s(y), (std::vector<int64_t>{0, kLowest, 0}));
    for (const BinaryFunction mod : {BinaryFunction::Mod, BinaryFunction::ModFloat}) {
        device.binary(mod, a, b, y);
        EXPECT_EQ(toInt64s(y), (std::vector<int64_t>{0, 0, 0}));
    }
}

TEST(Elementwise, ClampsFloatsThatAnIntegerCannotHold) {
    CpuDevice device;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const Tensor x = Tensor::of<double>(
        {5}, std::vector<double>{1e30, -1e30, kInfinity, -kInfinity, std::nan("")});
    Tensor narrow(DType::Int8, {5}), wide(DType::Int64, {5}), positive(DType::UInt32, {5});
    device.cast(x, narrow);
    device.cast(x, wide);
    device.cast(x, positive);
    constexpr auto kMost = std::numeric_limits<int64_t>::max();
    constexpr auto kLeast = std::numeric_limits<int64_t>::min();
    EXPECT_EQ(toInt64s(narrow), (std::vector<int64_t>{127, -128, 127, -128, 0}));
    EXPECT_EQ(toInt64s(wide), (std::vector<int64_t>{kMost, kLeast, kMost, kLeast, 0}));
    EXPECT_EQ(toInt64s(positive), (std::vector<int64_t>{UINT32_MAX, 0, UINT32_MAX, 0, 0}));
}

TEST(Elementwise, NamesTheTypeThatHasNoKernel) {
    CpuDevice device;
    const Tensor x = Tensor::of<int16_t>({1}, std::vector<int16_t>{1});
    Tensor y(DType::Int16, {1});
    for (const auto& call : std::initializer_list<std::function<void()>>{
             [&] { device.unary(UnaryFunction::Tanh, {}, x, y); },
             [&] { device.binary(BinaryFunction::And, x, x, y); }}) {
        try {
            call();
            ADD_FAILURE() << "nothing thrown";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::Unsupported);
            EXPECT_NE(std::string(error.what()).find("int16"), std::string::npos) << error.what();
        }
    }
}

// A device writes elements without looking at the type of the tensor that takes them.
TEST(CpuElementwise, RefusesResultsOfAnotherType) {
    CpuDevice device;
    const Tensor doubles = Tensor::of<double>({2}, std::vector<double>{1, 2});
    Tensor floats(DType::Float32, {2});
    EXPECT_THROW(device.binary(BinaryFunction::Add, doubles, doubles, floats), Error);
    EXPECT_THROW(device.binary(BinaryFunction::Less, doubles, doubles, floats), Error);
    Tensor bools(DType::Bool, {2});
    EXPECT_NO_THROW(device.binary(BinaryFunction::Less, doubles, doubles, bools));
    EXPECT_THROW(roundedTo8Bits(device, doubles), Error);
}

}  // namespace
}  // namespace clipscope::runtime
