// SPDX-License-Identifier: Apache-2.0
#include "analysis/runtime/cpu/vector_math.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "analysis/runtime/cpu/vector_sine.h"

namespace clipscope::runtime::fast {
namespace {

/// The largest relative error of f against `truth` in double over floats of [low, high], about
/// 8,000 of them in every binade; where the truth is a normal float.
template <typename F, typename Truth>
double largestError(F f, Truth truth, float low, float high) {
    double largest = 0;
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 1009) {
        const auto x = std::bit_cast<float>(static_cast<uint32_t>(bits));
        if (!(x >= low && x <= high))
            continue;
        const double expected = truth(static_cast<double>(x));
        const double magnitude = std::abs(expected);
        if (magnitude >= std::numeric_limits<float>::min() &&
            magnitude <= std::numeric_limits<float>::max())
            largest = std::max(largest, std::abs(static_cast<double>(f(x)) - expected) / magnitude);
    }
    return largest;
}

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr double kBound = 3e-7;

TEST(VectorMath, IsWithinItsBoundOfThePlainFunctors) {
    EXPECT_LE(largestError(exp, functors::Exp{}, -90, 88.7f), kBound);
    EXPECT_LE(largestError(tanh, functors::Tanh{}, -30, 30), kBound);
    EXPECT_LE(largestError(erf, functors::Erf{}, -10, 10), kBound);
    EXPECT_LE(largestError(sigmoid, functors::Sigmoid{}, -87, 200), kBound);
    EXPECT_LE(largestError(
                  expm1Negative, [](double x) { return std::expm1(x); }, -200, 0),
              kBound);
    EXPECT_LE(largestError(floatFunctor(functors::Swish{1}), functors::Swish{1}, -80, 1e30f),
              kBound);
    EXPECT_LE(largestError(floatFunctor(functors::Mish{}), functors::Mish{}, -80, 1e30f), kBound);
    EXPECT_LE(largestError(floatFunctor(functors::Elu{0.5}), functors::Elu{0.5}, -1e30f, 1e30f),
              kBound);
}

TEST(VectorMath, LogarithmsAndSinesAreWithinItInEveryBinade) {
    EXPECT_LE(largestError(log, functors::Log{}, 0x1p-149f, 3.4e38f), kBound);
    EXPECT_LE(largestError(softplus, functors::Softplus{}, -86, 3.4e38f), kBound);
    EXPECT_LE(largestError(Sine{}, functors::Sin{}, -Sine::kLargest, Sine::kLargest), kBound);
    EXPECT_LE(largestError(Cosine{}, functors::Cos{}, -Cosine::kLargest, Cosine::kLargest), kBound);
}

/// Where they all but vanish.
TEST(VectorMath, SinesKeepTheirDigitsNearMultiplesOfPi) {
    for (int64_t n = 1; n < 5'000'000; n = n * 5 / 4 + 1)
        for (const int ulps : {-1, 0, 1}) {
            const auto nearest = static_cast<float>(static_cast<double>(n) * 0x1.921fb54442d18p+0);
            const auto x = std::bit_cast<float>(std::bit_cast<int32_t>(nearest) + ulps);
            const double sine = std::sin(static_cast<double>(x));
            const double cosine = std::cos(static_cast<double>(x));
            EXPECT_NEAR(static_cast<double>(Sine{}(x)), sine, kBound * std::abs(sine)) << x;
            EXPECT_NEAR(static_cast<double>(Cosine{}(x)), cosine, kBound * std::abs(cosine)) << x;
        }
}

TEST(VectorMath, LogarithmsHandleTheEndsOfTheNumberLine) {
    EXPECT_EQ(log(0.0f), -kInfinity);
    EXPECT_EQ(log(-0.0f), -kInfinity);
    EXPECT_EQ(log(kInfinity), kInfinity);
    EXPECT_EQ(log(1.0f), 0);
    EXPECT_TRUE(std::isnan(log(-1.0f)));
    EXPECT_TRUE(std::isnan(log(-kInfinity)));
    EXPECT_TRUE(std::isnan(log(kNaN)));
    EXPECT_EQ(softplus(kInfinity), kInfinity);
    EXPECT_EQ(softplus(-kInfinity), 0);
    EXPECT_TRUE(std::isnan(softplus(kNaN)));
}

/// 1 + erf and 1 + tanh cancel for negative x, in the plain functors too: relative to the largest.
TEST(VectorMath, GeluIsWithinItsBoundOfThePlainFunctor) {
    const auto exact = floatFunctor(functors::GeluErf{});
    const auto approximate = floatFunctor(functors::GeluTanh{});
    for (float x = -12; x <= 12; x += 0x1p-12f) {
        const double scale = std::max(1.0f, std::fabs(x));
        EXPECT_NEAR(exact(x), functors::GeluErf{}(static_cast<double>(x)), kBound * scale) << x;
        EXPECT_NEAR(approximate(x), functors::GeluTanh{}(static_cast<double>(x)), kBound * scale)
            << x;
    }
}

TEST(VectorMath, HandlesTheEndsOfTheNumberLine) {
    EXPECT_EQ(exp(-kInfinity), 0);
    EXPECT_EQ(exp(kInfinity), kInfinity);
    EXPECT_EQ(exp(0.0f), 1);
    EXPECT_EQ(exp(89.0f), kInfinity);
    EXPECT_EQ(exp(-105.0f), 0);
    EXPECT_EQ(tanh(kInfinity), 1);
    EXPECT_EQ(tanh(-kInfinity), -1);
    EXPECT_EQ(erf(kInfinity), 1);
    EXPECT_EQ(erf(-kInfinity), -1);
    EXPECT_EQ(sigmoid(kInfinity), 1);
    EXPECT_EQ(sigmoid(-kInfinity), 0);
    for (float (*f)(float) : {exp, tanh, erf, sigmoid, expm1Negative})
        EXPECT_TRUE(std::isnan(f(kNaN)));
    for (float (*f)(float) : {tanh, erf, expm1Negative}) {
        EXPECT_EQ(f(0.0f), 0);
        EXPECT_NEAR(f(-1e-30f) / -1e-30f, f == erf ? 1.1283792 : 1, 3e-7);
    }
}

}  // namespace
}  // namespace clipscope::runtime::fast
