// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <math.h>

#include "analysis/runtime/functors/types.h"

/// The C library's functions under one name for float and double: both compilers know the global
/// ones, while those of namespace std are host functions to some.
namespace clipscope::runtime::functors::math {

#define CLIPSCOPE_UNARY_MATH(name)              \
    CLIPSCOPE_HD inline float name(float x) {   \
        return ::name##f(x);                    \
    }                                           \
    CLIPSCOPE_HD inline double name(double x) { \
        return ::name(x);                       \
    }
#define CLIPSCOPE_BINARY_MATH(name)                       \
    CLIPSCOPE_HD inline float name(float x, float y) {    \
        return ::name##f(x, y);                           \
    }                                                     \
    CLIPSCOPE_HD inline double name(double x, double y) { \
        return ::name(x, y);                              \
    }

CLIPSCOPE_UNARY_MATH(acos)
CLIPSCOPE_UNARY_MATH(acosh)
CLIPSCOPE_UNARY_MATH(asin)
CLIPSCOPE_UNARY_MATH(asinh)
CLIPSCOPE_UNARY_MATH(atan)
CLIPSCOPE_UNARY_MATH(atanh)
CLIPSCOPE_UNARY_MATH(ceil)
CLIPSCOPE_UNARY_MATH(cos)
CLIPSCOPE_UNARY_MATH(cosh)
CLIPSCOPE_UNARY_MATH(erf)
CLIPSCOPE_UNARY_MATH(exp)
CLIPSCOPE_UNARY_MATH(expm1)
CLIPSCOPE_UNARY_MATH(fabs)
CLIPSCOPE_UNARY_MATH(floor)
CLIPSCOPE_UNARY_MATH(log)
CLIPSCOPE_UNARY_MATH(log1p)
CLIPSCOPE_UNARY_MATH(rint)
CLIPSCOPE_UNARY_MATH(sin)
CLIPSCOPE_UNARY_MATH(sinh)
CLIPSCOPE_UNARY_MATH(sqrt)
CLIPSCOPE_UNARY_MATH(tan)
CLIPSCOPE_UNARY_MATH(tanh)
CLIPSCOPE_BINARY_MATH(fmod)
CLIPSCOPE_BINARY_MATH(pow)

#undef CLIPSCOPE_UNARY_MATH
#undef CLIPSCOPE_BINARY_MATH

}  // namespace clipscope::runtime::functors::math
