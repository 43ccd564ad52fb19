// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/math.h"

/// ONNX's functions of one argument, the plain truth that every device compiles. NaN stays NaN. A
/// functor's kTypes are the element types it takes; its parameters are those of UnaryParameters.
namespace clipscope::runtime::functors {

#define CLIPSCOPE_FROM_MATH(Name, function)         \
    struct Name {                                   \
        static constexpr unsigned kTypes = kFloats; \
        template <typename T>                       \
        CLIPSCOPE_HD T operator()(T x) const {      \
            return math::function(x);               \
        }                                           \
    };
CLIPSCOPE_FROM_MATH(Acos, acos)
CLIPSCOPE_FROM_MATH(Acosh, acosh)
CLIPSCOPE_FROM_MATH(Asin, asin)
CLIPSCOPE_FROM_MATH(Asinh, asinh)
CLIPSCOPE_FROM_MATH(Atan, atan)
CLIPSCOPE_FROM_MATH(Atanh, atanh)
CLIPSCOPE_FROM_MATH(Ceil, ceil)
CLIPSCOPE_FROM_MATH(Cos, cos)
CLIPSCOPE_FROM_MATH(Cosh, cosh)
CLIPSCOPE_FROM_MATH(Erf, erf)
CLIPSCOPE_FROM_MATH(Exp, exp)
CLIPSCOPE_FROM_MATH(Floor, floor)
CLIPSCOPE_FROM_MATH(Log, log)
CLIPSCOPE_FROM_MATH(Round, rint)  // half to even
CLIPSCOPE_FROM_MATH(Sin, sin)
CLIPSCOPE_FROM_MATH(Sinh, sinh)
CLIPSCOPE_FROM_MATH(Sqrt, sqrt)
CLIPSCOPE_FROM_MATH(Tan, tan)
CLIPSCOPE_FROM_MATH(Tanh, tanh)
#undef CLIPSCOPE_FROM_MATH

struct Abs {
    static constexpr unsigned kTypes = kNumbers;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        if constexpr (std::is_floating_point_v<T>)
            return math::fabs(x);
        else
            return isNegative(x) ? static_cast<T>(0 - static_cast<Wrapped<T>>(x)) : x;
    }
};

struct BitwiseNot {
    static constexpr unsigned kTypes = kIntegers;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return static_cast<T>(~x);
    }
};

struct Celu {
    static constexpr unsigned kTypes = kFloats;
    double alpha;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        const T a = static_cast<T>(alpha);
        return x > 0 ? x : a * math::expm1(x / a);
    }
};

/// min(max(x, alpha), beta): beta where alpha > beta.
struct Clip {
    static constexpr unsigned kTypes = kNumbers;
    double alpha;
    double beta;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        const T low = static_cast<T>(alpha);
        const T high = static_cast<T>(beta);
        const T raised = x < low ? low : x;
        return raised > high ? high : raised;
    }
};

struct Elu {
    static constexpr unsigned kTypes = kFloats;
    double alpha;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return x > 0 ? x : static_cast<T>(alpha) * math::expm1(x);
    }
};

struct GeluErf {
    static constexpr unsigned kTypes = kFloats;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return T(0.5) * x * (T(1) + math::erf(x * T(0.70710678118654752440)));
    }
};

struct GeluTanh {
    static constexpr unsigned kTypes = kFloats;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        const T inner = T(0.79788456080286535588) * (x + T(0.044715) * x * x * x);
        return T(0.5) * x * (T(1) + math::tanh(inner));
    }
};

struct HardSigmoid {
    static constexpr unsigned kTypes = kFloats;
    double alpha;
    double beta;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return Clip{0, 1}(static_cast<T>(alpha) * x + static_cast<T>(beta));
    }
};

struct HardSwish {
    static constexpr unsigned kTypes = kFloats;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return x * Clip{0, 1}(x * T(1.0 / 6) + T(0.5));
    }
};

struct Identity {
    static constexpr unsigned kTypes = kAll;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return x;
    }
};

/// alpha and beta: whether negative and positive infinities count.
struct IsInf {
    static constexpr unsigned kTypes = kFloats;
    double alpha;
    double beta;
    template <typename T>
    CLIPSCOPE_HD bool operator()(T x) const {
        const T infinity = static_cast<T>(HUGE_VAL);
        return (alpha != 0 && x == -infinity) || (beta != 0 && x == infinity);
    }
};

struct IsNaN {
    static constexpr unsigned kTypes = kFloats;
    template <typename T>
    CLIPSCOPE_HD bool operator()(T x) const {
        return isNaN(x);
    }
};

struct LeakyRelu {
    static constexpr unsigned kTypes = kFloats;
    double alpha;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return x < 0 ? static_cast<T>(alpha) * x : x;
    }
};

/// x tanh(ln(1 + e^x)), which is x n / (n + 2) with n = e^x (e^x + 2).
struct Mish {
    static constexpr unsigned kTypes = kFloats;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        const T e = math::exp(x > 20 ? T(20) : x);
        const T n = e * (e + 2);
        return x * (n / (n + 2));
    }
};

struct Neg {
    static constexpr unsigned kTypes = kFloats | kSigned;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        if constexpr (std::is_floating_point_v<T>)
            return -x;
        else
            return static_cast<T>(0 - static_cast<Wrapped<T>>(x));
    }
};

struct Not {
    static constexpr unsigned kTypes = kBool;
    CLIPSCOPE_HD bool operator()(bool x) const { return !x; }
};

struct Reciprocal {
    static constexpr unsigned kTypes = kFloats;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return T(1) / x;
    }
};

struct Relu {
    static constexpr unsigned kTypes = kFloats | kSigned;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return x < 0 ? T(0) : x;
    }
};

/// alpha and beta: ONNX's alpha and gamma.
struct Selu {
    static constexpr unsigned kTypes = kFloats;
    double alpha;
    double beta;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return static_cast<T>(beta) * (x > 0 ? x : static_cast<T>(alpha) * math::expm1(x));
    }
};

/// alpha and beta: ONNX's lambd and bias.
struct Shrink {
    static constexpr unsigned kTypes = kFloats;
    double alpha;
    double beta;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        const T lambda = static_cast<T>(alpha);
        const T bias = static_cast<T>(beta);
        return isNaN(x) ? x : x < -lambda ? x + bias : x > lambda ? x - bias : T(0);
    }
};

struct Sigmoid {
    static constexpr unsigned kTypes = kFloats;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return T(1) / (T(1) + math::exp(-x));
    }
};

/// -1, 0 or 1; NaN for NaN.
struct Sign {
    static constexpr unsigned kTypes = kNumbers;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return x > 0 ? T(1) : isNegative(x) ? static_cast<T>(-1) : x;
    }
};

struct Softplus {
    static constexpr unsigned kTypes = kFloats;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return (x < 0 ? T(0) : x) + math::log1p(math::exp(-math::fabs(x)));
    }
};

struct Softsign {
    static constexpr unsigned kTypes = kFloats;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return x / (T(1) + math::fabs(x));
    }
};

/// x sigmoid(alpha x).
struct Swish {
    static constexpr unsigned kTypes = kFloats;
    double alpha;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return x * Sigmoid{}(static_cast<T>(alpha) * x);
    }
};

struct ThresholdedRelu {
    static constexpr unsigned kTypes = kFloats;
    double alpha;
    template <typename T>
    CLIPSCOPE_HD T operator()(T x) const {
        return isNaN(x) || x > static_cast<T>(alpha) ? x : T(0);
    }
};

}  // namespace clipscope::runtime::functors
