// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "analysis/runtime/functors.h"

/// Sine and cosine for float, as vector_math.h has the other functions, with the same bound on
/// their error wherever they hold. Polynomials are minimax fits of relative error below 5e-9.
namespace clipscope::runtime::fast {

/// Angles beyond it are the plain functors': n pi / 2 would lose digits.
inline constexpr float kLargestAngle = 8e6f;

/// x = n pi / 2 + r with |r| <= pi / 4. In float64, so that r keeps its digits near multiples of
/// pi.
struct Quadrant {
    float r;
    int32_t n;
};

inline Quadrant quadrantOf(float x) {
    constexpr double kRounder = 0x1.8p52;  // adding it rounds to an integer, in the low bits
    const auto wide = static_cast<double>(std::fabs(x) <= kLargestAngle ? x : 0.0f);
    const double shifted = wide * 0x1.45f306dc9c883p-1 + kRounder;
    const double n = shifted - kRounder;
    // The first has 30 bits, so that its product is exact for n of 23.
    const double r = (wide - n * 0x1.921fb54p+0) - n * 0x1.10b4611a62633p-30;
    return {static_cast<float>(r), static_cast<int32_t>(n)};
}

/// sin(r + n pi / 2) for |r| <= pi / 4.
inline float sineOf(float r, int32_t n) {
    const float s = r * r;
    float p = -0.000195152832f;
    p = p * s + 0.00833216076f;
    p = p * s + -0.166666546f;
    const float sine = r + r * (s * p);
    float q = 2.4433157e-05f;
    q = q * s + -0.00138873163f;
    q = q * s + 0.0416666457f;
    const float cosine = 1.0f - 0.5f * s + s * s * q;
    const float value = (n & 1) != 0 ? cosine : sine;
    return std::bit_cast<float>(std::bit_cast<uint32_t>(value) ^
                                (static_cast<uint32_t>(n & 2) << 30));
}

struct Sine {
    static constexpr float kLargest = kLargestAngle;
    float operator()(float x) const {
        const Quadrant quadrant = quadrantOf(x);
        return sineOf(quadrant.r, quadrant.n);
    }
};

struct Cosine {
    static constexpr float kLargest = kLargestAngle;
    float operator()(float x) const {
        const Quadrant quadrant = quadrantOf(x);
        return sineOf(quadrant.r, quadrant.n + 1);
    }
};

inline Sine floatFunctor(functors::Sin) {
    return {};
}
inline Cosine floatFunctor(functors::Cos) {
    return {};
}

}  // namespace clipscope::runtime::fast
