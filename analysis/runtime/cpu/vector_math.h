// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "analysis/runtime/functors.h"
#include "analysis/runtime/functors/recurrent.h"

/// The hot functions for float without calls or branches, so that loops over them vectorise.
/// Relative error at most 3e-7 where the result is a normal number (vector_math_test.cpp compares
/// them with the plain functors). Polynomials are minimax fits of relative error below 5e-9.
namespace clipscope::runtime::fast {

/// x = n ln 2 + r with |r| <= ln 2 / 2.
struct Reduced {
    float r;
    int32_t n;
};

inline Reduced reduce(float x) {
    constexpr float kRounder = 0x1.8p23f;  // adding it rounds to an integer, in the low bits
    const float shifted = x * 1.44269504f + kRounder;
    const float n = shifted - kRounder;
    const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    return {r, std::bit_cast<int32_t>(shifted) - std::bit_cast<int32_t>(kRounder)};
}

/// e^r - 1 for the r of reduce().
inline float expm1Reduced(float r) {
    float p = 0.00138145978f;
    p = p * r + 0.00836871695f;
    p = p * r + 0.0416683881f;
    p = p * r + 0.166665206f;
    p = p * r + 0.499999934f;
    return r + r * r * p;
}

/// 2^n for n in [-126, 127], infinite for 128.
inline float power2(int32_t n) {
    return std::bit_cast<float>(static_cast<uint32_t>(n + 127) << 23);
}

inline float exp(float x) {
    const float low = x < -104.0f ? -104.0f : x;
    const Reduced reduced = reduce(low > 89.0f ? 89.0f : low);
    const int32_t half = reduced.n >> 1;  // in two factors: 2^n alone may be denormal or infinite
    return (1.0f + expm1Reduced(reduced.r)) * power2(half) * power2(reduced.n - half);
}

/// e^x for x in [-87, 89], infinite from 88.4.
inline float expBounded(float x) {
    const Reduced reduced = reduce(x);
    return (1.0f + expm1Reduced(reduced.r)) * power2(reduced.n);
}

/// e^x - 1 for x <= 0.
inline float expm1Negative(float x) {
    const Reduced reduced = reduce(x < -30.0f ? -30.0f : x);
    const float scale = power2(reduced.n);
    return expm1Reduced(reduced.r) * scale + (scale - 1.0f);
}

inline float tanh(float x) {
    const float a = std::fabs(x);
    const float bounded = a > 10.0f ? 10.0f : a;  // where tanh rounds to 1
    const float s = x * x;
    float p = -0.00571704215f;
    p = p * s + 0.0206505845f;
    p = p * s + -0.0537434971f;
    p = p * s + 0.133314913f;
    p = p * s + -0.333332839f;
    const float small = x + x * (s * p);
    const float large = 1.0f - 2.0f / (expBounded(2.0f * bounded) + 1.0f);
    return a < 0.625f ? small : std::copysign(large, x);
}

inline float erf(float x) {
    const float a = std::fabs(x);
    const float s = x * x;
    float p = 7.93311395e-05f;
    p = p * s + -0.000803503338f;
    p = p * s + 0.005191292f;
    p = p * s + -0.0268554843f;
    p = p * s + 0.112836299f;
    p = p * s + -0.376126307f;
    const float small = x * 1.12837917f + x * (s * p);
    const float t = a > 4.0f ? 4.0f : a;  // erf(4) rounds to 1
    float q = -0.000192425441f;           // -ln(1 - erf(t))
    q = q * t + 0.00300853147f;
    q = q * t + -0.0220876198f;
    q = q * t + 0.103640281f;
    q = q * t + 0.637517057f;
    q = q * t + 1.12747496f;
    q = q * t + 0.000244719852f;
    return a < 1.0f ? small : std::copysign(1.0f - expBounded(-q), x);
}

inline float sigmoid(float x) {
    const float low = x < -89.0f ? -89.0f : x;
    return 1.0f / (1.0f + expBounded(low > 80.0f ? -80.0f : -low));
}

inline float log(float x) {
    const bool isDenormal = x < 0x1p-126f;
    const auto bits = std::bit_cast<uint32_t>(isDenormal ? x * 0x1p23f : x);
    // x = 2^e (1 + f) with 1 + f between the roots of 1/2 and of 2.
    const int32_t e = static_cast<int32_t>(bits - 0x3f3504f3u) >> 23;
    const float f = std::bit_cast<float>(bits - (static_cast<uint32_t>(e) << 23)) - 1.0f;
    float p = -0.0763449776f;
    p = p * f + 0.127615775f;
    p = p * f + -0.131601822f;
    p = p * f + 0.142017579f;
    p = p * f + -0.166233574f;
    p = p * f + 0.200012269f;
    p = p * f + -0.25000821f;
    p = p * f + 0.333333317f;
    const auto n = static_cast<float>(isDenormal ? e - 23 : e);
    const float s = f * f;
    const float finite = n * 0.693115234f + (f + (n * 3.19461849e-05f + (f * s * p - 0.5f * s)));
    const float positive = x <= std::numeric_limits<float>::max() ? finite : x;
    const float other = x == 0.0f ? -std::numeric_limits<float>::infinity()
                                  : std::numeric_limits<float>::quiet_NaN();
    return x > 0.0f ? positive : other;
}

/// ln(1 + x) for x in [0, 1].
inline float log1pUnit(float x) {
    float p = -0.00324402405f;
    p = p * x + 0.0198514573f;
    p = p * x + -0.0569595247f;
    p = p * x + 0.106036539f;
    p = p * x + -0.15305592f;
    p = p * x + 0.196759391f;
    p = p * x + -0.249541336f;
    p = p * x + 0.333299624f;
    p = p * x + -0.499999024f;
    p = p * x + 0.999999995f;
    return x * p;
}

inline float softplus(float x) {
    return (x > 0.0f ? x : 0.0f) + log1pUnit(exp(-std::fabs(x)));
}

/// The fast functor for float beside the plain one; the plain one where there is none.
template <typename F>
inline F floatFunctor(F functor) {
    return functor;
}

inline auto floatFunctor(functors::Exp) {
    return [](float x) { return exp(x); };
}
inline auto floatFunctor(functors::Log) {
    return [](float x) { return log(x); };
}
inline auto floatFunctor(functors::Softplus) {
    return [](float x) { return softplus(x); };
}
inline auto floatFunctor(functors::Tanh) {
    return [](float x) { return tanh(x); };
}
inline auto floatFunctor(functors::ScaledTanh f) {
    return [f](float x) { return f.alpha * tanh(f.beta * x); };
}
inline auto floatFunctor(functors::Erf) {
    return [](float x) { return erf(x); };
}
inline auto floatFunctor(functors::Sigmoid) {
    return [](float x) { return sigmoid(x); };
}
inline auto floatFunctor(functors::Swish f) {
    return [alpha = static_cast<float>(f.alpha)](float x) { return x * sigmoid(alpha * x); };
}
inline auto floatFunctor(functors::GeluErf) {
    return [](float x) { return 0.5f * x * (1.0f + erf(x * 0.707106781f)); };
}
inline auto floatFunctor(functors::GeluTanh) {
    return [](float x) {
        return 0.5f * x * (1.0f + tanh(0.797884561f * (x + 0.044715f * x * x * x)));
    };
}
inline auto floatFunctor(functors::Mish) {
    return [](float x) {
        const float low = x < -87.0f ? -87.0f : x;
        const float e = expBounded(low > 20.0f ? 20.0f : low);
        const float n = e * (e + 2.0f);
        return x * (n / (n + 2.0f));
    };
}
inline auto floatFunctor(functors::Elu f) {
    return [alpha = static_cast<float>(f.alpha)](float x) {
        const float negative = alpha * expm1Negative(x > 0.0f ? 0.0f : x);
        return x > 0.0f ? x : negative;
    };
}
inline auto floatFunctor(functors::Selu f) {
    return [alpha = static_cast<float>(f.alpha), gamma = static_cast<float>(f.beta)](float x) {
        const float negative = alpha * expm1Negative(x > 0.0f ? 0.0f : x);
        return gamma * (x > 0.0f ? x : negative);
    };
}

}  // namespace clipscope::runtime::fast
