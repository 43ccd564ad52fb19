// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What each ReduceKind does to elements: value(x) goes into an accumulator, combine() joins two,
/// finish() makes the result of `count` elements. Floats are summed in float64, integers wrap.

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "analysis/runtime/cpu/vector_math.h"
#include "analysis/runtime/cpu/vectorize.h"
#include "analysis/runtime/functors/types.h"

namespace clipscope::runtime::rules {

template <typename T>
struct Wrapping {
    using Type = std::make_unsigned_t<T>;
};
template <typename T>
requires std::is_floating_point_v<T>
struct Wrapping<T> {
    using Type = double;
};
/// What sums and products of T are computed in.
template <typename T>
using Wide = typename Wrapping<T>::Type;

template <typename T>
struct Sum {
    using Accumulator = Wide<T>;
    static constexpr Accumulator start() { return 0; }
    CLIPSCOPE_INLINE static Accumulator value(T x) { return static_cast<Accumulator>(x); }
    CLIPSCOPE_INLINE static Accumulator combine(Accumulator a, Accumulator b) { return a + b; }
    static T finish(Accumulator a, int64_t) { return static_cast<T>(a); }
};

template <typename T>
struct Mean : Sum<T> {
    static T finish(Wide<T> a, int64_t count) {
        if constexpr (std::is_floating_point_v<T>)
            return static_cast<T>(a / static_cast<double>(count));
        else
            return count == 0 ? T(0) : static_cast<T>(static_cast<T>(a) / static_cast<T>(count));
    }
};

template <typename T>
struct Product {
    using Accumulator = Wide<T>;
    static constexpr Accumulator start() { return 1; }
    CLIPSCOPE_INLINE static Accumulator value(T x) { return static_cast<Accumulator>(x); }
    CLIPSCOPE_INLINE static Accumulator combine(Accumulator a, Accumulator b) { return a * b; }
    static T finish(Accumulator a, int64_t) { return static_cast<T>(a); }
};

template <typename T>
struct L1 : Sum<T> {
    CLIPSCOPE_INLINE static Wide<T> value(T x) {
        return x < T(0) ? Wide<T>(0) - static_cast<Wide<T>>(x) : static_cast<Wide<T>>(x);
    }
};

template <typename T>
struct SumSquare : Sum<T> {
    CLIPSCOPE_INLINE static Wide<T> value(T x) {
        return static_cast<Wide<T>>(x) * static_cast<Wide<T>>(x);
    }
};

template <typename T>
struct L2 : SumSquare<T> {
    static T finish(double a, int64_t) { return static_cast<T>(std::sqrt(a)); }
};

template <typename T>
struct LogSum : Sum<T> {
    static T finish(double a, int64_t) { return static_cast<T>(std::log(a)); }
};

/// Of elements from which their maximum was subtracted.
template <typename T>
struct LogSumExp : Sum<T> {
    CLIPSCOPE_INLINE static double value(T x) {
        if constexpr (std::is_same_v<T, float>)
            return static_cast<double>(fast::exp(x));
        else
            return std::exp(x);
    }
    static T finish(double a, int64_t) { return static_cast<T>(std::log(a)); }
};

/// NaN stays, as in numpy.
template <typename T>
struct Maximum {
    using Accumulator = T;
    static constexpr T start() {
        using Limits = std::numeric_limits<T>;
        return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
    }
    CLIPSCOPE_INLINE static T value(T x) { return x; }
    CLIPSCOPE_INLINE static T combine(T a, T b) {
        const T larger = b > a ? b : a;
        return functors::isNaN(b) ? b : larger;
    }
    static T finish(T a, int64_t) { return a; }
};

template <typename T>
struct Minimum : Maximum<T> {
    static constexpr T start() {
        using Limits = std::numeric_limits<T>;
        return Limits::has_infinity ? Limits::infinity() : Limits::max();
    }
    CLIPSCOPE_INLINE static T combine(T a, T b) {
        const T smaller = b < a ? b : a;
        return functors::isNaN(b) ? b : smaller;
    }
};

}  // namespace clipscope::runtime::rules
