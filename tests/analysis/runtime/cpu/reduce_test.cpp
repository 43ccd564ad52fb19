// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "analysis/base/error.h"
#include "analysis/runtime/cpu/cpu_device.h"

namespace clipscope::runtime {
namespace {

/// The elements of each output, in order, found by walking over x.
std::map<int64_t, std::vector<double>> membersOf(const Tensor& x, std::span<const size_t> axes) {
    std::map<int64_t, std::vector<double>> members;
    const std::vector<int64_t> strides = x.shape().strides();
    for (int64_t i = 0; i < x.elementCount(); ++i) {
        int64_t output = 0;
        for (size_t axis = 0; axis < x.rank(); ++axis)
            if (std::ranges::find(axes, axis) == axes.end())
                output = output * x.shape()[axis] + i / strides[axis] % x.shape()[axis];
        members[output].push_back(static_cast<double>(x.values<float>()[static_cast<size_t>(i)]));
    }
    return members;
}

double definition(ReduceKind kind, const std::vector<double>& values) {
    double sum = 0;
    double absolute = 0;
    double squares = 0;
    double exponentials = 0;
    double product = 1;
    for (const double v : values) {
        sum += v;
        absolute += std::abs(v);
        squares += v * v;
        exponentials += std::exp(v);
        product *= v;
    }
    switch (kind) {
        case ReduceKind::Sum:
            return sum;
        case ReduceKind::Mean:
            return sum / static_cast<double>(values.size());
        case ReduceKind::Max:
            return std::ranges::max(values);
        case ReduceKind::Min:
            return std::ranges::min(values);
        case ReduceKind::Prod:
            return product;
        case ReduceKind::L1:
            return absolute;
        case ReduceKind::L2:
            return std::sqrt(squares);
        case ReduceKind::LogSum:
            return std::log(sum);
        case ReduceKind::LogSumExp:
            return std::log(exponentials);
        case ReduceKind::SumSquare:
            return squares;
    }
    return 0;
}

constexpr ReduceKind kKinds[] = {ReduceKind::Sum,      ReduceKind::Mean,   ReduceKind::Max,
                                 ReduceKind::Min,      ReduceKind::Prod,   ReduceKind::L1,
                                 ReduceKind::L2,       ReduceKind::LogSum, ReduceKind::LogSumExp,
                                 ReduceKind::SumSquare};

void expectEveryKind(const Shape& shape, const std::vector<size_t>& axes) {
    Tensor x(DType::Float32, shape);
    std::mt19937 random(11);
    std::uniform_real_distribution<float> uniform(0.5f, 1.5f);
    for (float& value : x.mutableValues<float>())
        value = uniform(random);
    const auto members = membersOf(x, axes);
    for (const ReduceKind kind : kKinds) {
        Tensor y(DType::Float32, {static_cast<int64_t>(members.size())});
        CpuDevice().reduce(kind, axes, x, y);
        for (const auto& [output, values] : members) {
            const double expected = definition(kind, values);
            ASSERT_NEAR(static_cast<double>(y.values<float>()[static_cast<size_t>(output)]),
                        expected, 3e-7 * std::max(1.0, std::abs(expected)))
                << "kind " << static_cast<int>(kind) << " of " << shape.toString() << ", output "
                << output;
        }
    }
}

TEST(Reduce, EverySetOfAxes) {
    const Shape shape{3, 1, 4, 5, 2};
    for (unsigned set = 0; set < 32; ++set) {
        std::vector<size_t> axes;
        for (size_t axis = 0; axis < 5; ++axis)
            if (set >> axis & 1)
                axes.push_back(axis);
        expectEveryKind(shape, axes);
    }
}

TEST(Reduce, LengthsAroundTheLanes) {
    for (const int64_t length : {1, 7, 8, 9, 127, 128, 129, 200, 257}) {
        expectEveryKind({3, length}, {1});
        expectEveryKind({length, 3}, {0});
        expectEveryKind({3, length}, {0});
    }
}

TEST(Reduce, MoreElementsThanOnePart) {
    for (const ReduceKind kind : {ReduceKind::Sum, ReduceKind::Max, ReduceKind::LogSumExp}) {
        const int64_t count = 200000;
        std::vector<float> values(static_cast<size_t>(2 * count), 0.5f);
        values.back() = 2;  // in the last part of the second output, or column
        const std::vector<double> plain(static_cast<size_t>(count), 0.5);
        std::vector<double> last = plain;
        last.back() = 2;
        const size_t rows[] = {0};
        const size_t columns[] = {1};
        Tensor y(DType::Float32, {2});
        for (const bool alongRows : {false, true}) {
            const Shape shape = alongRows ? Shape{count, 2} : Shape{2, count};
            CpuDevice().reduce(kind, alongRows ? rows : columns, Tensor::of<float>(shape, values),
                               y);
            EXPECT_FLOAT_EQ(y.values<float>()[0], static_cast<float>(definition(kind, plain)));
            EXPECT_FLOAT_EQ(y.values<float>()[1], static_cast<float>(definition(kind, last)));
        }
    }
}

TEST(Reduce, OfNothing) {
    const size_t axes[] = {1};
    const Tensor x(DType::Float32, {2, 0});
    Tensor y(DType::Float32, {2});
    const auto result = [&](ReduceKind kind) {
        CpuDevice().reduce(kind, axes, x, y);
        return y.values<float>()[1];
    };
    EXPECT_EQ(result(ReduceKind::Sum), 0);
    EXPECT_EQ(result(ReduceKind::Prod), 1);
    EXPECT_EQ(result(ReduceKind::Max), -std::numeric_limits<float>::infinity());
    EXPECT_EQ(result(ReduceKind::Min), std::numeric_limits<float>::infinity());
    EXPECT_EQ(result(ReduceKind::LogSumExp), -std::numeric_limits<float>::infinity());
}

TEST(Reduce, LogSumExpDoesNotOverflow) {
    const std::vector<float> values = {1000, 1000, -std::numeric_limits<float>::infinity()};
    const size_t axes[] = {0};
    Tensor y(DType::Float32, {1});
    CpuDevice().reduce(ReduceKind::LogSumExp, axes, Tensor::of<float>({3}, values), y);
    EXPECT_FLOAT_EQ(y.values<float>()[0], static_cast<float>(1000 + std::log(2)));
}

TEST(Reduce, ExtremesKeepNotANumber) {
    std::vector<float> values(300, 1.0f);
    values[77] = std::nanf("");
    for (const ReduceKind kind : {ReduceKind::Max, ReduceKind::Min}) {
        const size_t rows[] = {0};
        const size_t columns[] = {1};
        Tensor y(DType::Float32, {1});
        CpuDevice().reduce(kind, columns, Tensor::of<float>({1, 300}, values), y);
        EXPECT_TRUE(std::isnan(y.values<float>()[0]));
        Tensor z(DType::Float32, {2});
        CpuDevice().reduce(kind, rows, Tensor::of<float>({150, 2}, values), z);
        EXPECT_EQ(z.values<float>()[0], 1);
        EXPECT_TRUE(std::isnan(z.values<float>()[1]));
    }
}

TEST(Reduce, RefusesOtherTypesByName) {
    const size_t axes[] = {0};
    const Tensor x(DType::Bool, {2});
    Tensor y(DType::Bool, {1});
    EXPECT_THROW(CpuDevice().reduce(ReduceKind::Sum, axes, x, y), Error);
}

}  // namespace
}  // namespace clipscope::runtime
