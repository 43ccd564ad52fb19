// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/math.h"

/// ONNX's functions of two arguments of one type, compiled for every device. Integers wrap around;
/// an integer divided by zero gives 0 (ONNX leaves it open, and a device must not trap on it).
/// Comparisons give bool.
namespace clipscope::runtime::functors {

// The arguments are operators and type names, which parentheses would not fit.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define CLIPSCOPE_ARITHMETIC(Name, symbol)                                    \
    struct Name {                                                             \
        static constexpr unsigned kTypes = kNumbers;                          \
        template <typename T>                                                 \
        CLIPSCOPE_HD T operator()(T a, T b) const {                           \
            if constexpr (std::is_floating_point_v<T>)                        \
                return a symbol b;                                            \
            else                                                              \
                return static_cast<T>(static_cast<Wrapped<T>>(a)              \
                                          symbol static_cast<Wrapped<T>>(b)); \
        }                                                                     \
    };
CLIPSCOPE_ARITHMETIC(Add, +)
CLIPSCOPE_ARITHMETIC(Mul, *)
CLIPSCOPE_ARITHMETIC(Sub, -)
#undef CLIPSCOPE_ARITHMETIC

#define CLIPSCOPE_COMPARISON(Name, symbol, types)      \
    struct Name {                                      \
        static constexpr unsigned kTypes = types;      \
        template <typename T>                          \
        CLIPSCOPE_HD bool operator()(T a, T b) const { \
            return a symbol b;                         \
        }                                              \
    };
CLIPSCOPE_COMPARISON(Equal, ==, kAll)
CLIPSCOPE_COMPARISON(Greater, >, kNumbers)
CLIPSCOPE_COMPARISON(GreaterOrEqual, >=, kNumbers)
CLIPSCOPE_COMPARISON(Less, <, kNumbers)
CLIPSCOPE_COMPARISON(LessOrEqual, <=, kNumbers)
#undef CLIPSCOPE_COMPARISON
// NOLINTEND(bugprone-macro-parentheses)

struct And {
    static constexpr unsigned kTypes = kBool;
    CLIPSCOPE_HD bool operator()(bool a, bool b) const { return a & b; }
};

struct Or {
    static constexpr unsigned kTypes = kBool;
    CLIPSCOPE_HD bool operator()(bool a, bool b) const { return a | b; }
};

struct Xor {
    static constexpr unsigned kTypes = kBool;
    CLIPSCOPE_HD bool operator()(bool a, bool b) const { return a != b; }
};

// NOLINTBEGIN(bugprone-macro-parentheses)
#define CLIPSCOPE_BITWISE(Name, symbol)               \
    struct Name {                                     \
        static constexpr unsigned kTypes = kIntegers; \
        template <typename T>                         \
        CLIPSCOPE_HD T operator()(T a, T b) const {   \
            return static_cast<T>(a symbol b);        \
        }                                             \
    };
CLIPSCOPE_BITWISE(BitwiseAnd, &)
CLIPSCOPE_BITWISE(BitwiseOr, |)
CLIPSCOPE_BITWISE(BitwiseXor, ^)
#undef CLIPSCOPE_BITWISE
// NOLINTEND(bugprone-macro-parentheses)

/// Shifting by the width or more leaves 0.
struct ShiftLeft {
    static constexpr unsigned kTypes = kUnsigned;
    template <typename T>
    CLIPSCOPE_HD T operator()(T a, T b) const {
        return b < sizeof(T) * 8 ? static_cast<T>(static_cast<Wrapped<T>>(a) << b) : T(0);
    }
};

struct ShiftRight {
    static constexpr unsigned kTypes = kUnsigned;
    template <typename T>
    CLIPSCOPE_HD T operator()(T a, T b) const {
        return b < sizeof(T) * 8 ? static_cast<T>(a >> b) : T(0);
    }
};

/// Integers truncate towards zero.
struct Div {
    static constexpr unsigned kTypes = kNumbers;
    template <typename T>
    CLIPSCOPE_HD T operator()(T a, T b) const {
        if constexpr (std::is_floating_point_v<T>)
            return a / b;
        else if (b == 0)
            return T(0);
        else if (std::is_signed_v<T> && b == static_cast<T>(-1))
            return static_cast<T>(0 - static_cast<Wrapped<T>>(a));  // the smallest / -1 would trap
        else
            return static_cast<T>(a / b);
    }
};

/// NaN where either is NaN, as numpy.maximum.
struct Max {
    static constexpr unsigned kTypes = kNumbers;
    template <typename T>
    CLIPSCOPE_HD T operator()(T a, T b) const {
        return a > b || isNaN(a) ? a : b;
    }
};

struct Min {
    static constexpr unsigned kTypes = kNumbers;
    template <typename T>
    CLIPSCOPE_HD T operator()(T a, T b) const {
        return a < b || isNaN(a) ? a : b;
    }
};

/// C's remainder, with the sign of a (ONNX Mod with fmod = 1).
struct ModFloat {
    static constexpr unsigned kTypes = kNumbers;
    template <typename T>
    CLIPSCOPE_HD T operator()(T a, T b) const {
        if constexpr (std::is_floating_point_v<T>)
            return math::fmod(a, b);
        else if (b == 0 || (std::is_signed_v<T> && b == static_cast<T>(-1)))
            return T(0);
        else
            return static_cast<T>(a % b);
    }
};

/// Python's remainder, with the sign of b (ONNX Mod with fmod = 0).
struct Mod {
    static constexpr unsigned kTypes = kNumbers;
    template <typename T>
    CLIPSCOPE_HD T operator()(T a, T b) const {
        const T remainder = ModFloat{}(a, b);
        return remainder != 0 && isNegative(remainder) != isNegative(b)
                   ? static_cast<T>(remainder + b)
                   : remainder;
    }
};

/// Integers by repeated squaring; a negative exponent gives the truncated reciprocal.
struct Pow {
    static constexpr unsigned kTypes = kNumbers;
    template <typename T>
    CLIPSCOPE_HD T operator()(T a, T b) const {
        if constexpr (std::is_floating_point_v<T>) {
            return math::pow(a, b);
        } else {
            if (isNegative(b))
                return a == 1 ? T(1) : a == static_cast<T>(-1) ? (b % 2 ? a : T(1)) : T(0);
            Wrapped<T> result = 1;
            Wrapped<T> square = static_cast<Wrapped<T>>(a);
            for (Wrapped<T> rest = static_cast<Wrapped<T>>(b); rest != 0; rest >>= 1) {
                if (rest & 1)
                    result *= square;
                square *= square;
            }
            return static_cast<T>(result);
        }
    }
};

/// b is the slope of negative a.
struct PRelu {
    static constexpr unsigned kTypes = kNumbers;
    template <typename T>
    CLIPSCOPE_HD T operator()(T a, T b) const {
        return isNegative(a) ? Mul{}(a, b) : a;
    }
};

}  // namespace clipscope::runtime::functors
