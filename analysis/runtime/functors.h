// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Elementwise functions, written once and compiled for every device.

#include <cmath>
#include <cstdint>

#if defined(__CUDACC__)
#define CLIPSCOPE_HD __host__ __device__
#else
#define CLIPSCOPE_HD
#endif

namespace clipscope::runtime {

enum class UnaryFunction {
    Abs,
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atanh,
    Ceil,
    Celu,
    Clip,
    Cos,
    Cosh,
    Elu,
    Erf,
    Exp,
    Floor,
    GeluErf,
    GeluTanh,
    HardSigmoid,
    HardSwish,
    Identity,
    IsInf,
    IsNaN,
    LeakyRelu,
    Log,
    Mish,
    Neg,
    Not,
    Reciprocal,
    Relu,
    Round,
    Selu,
    Shrink,
    Sigmoid,
    Sign,
    Sin,
    Sinh,
    Softplus,
    Softsign,
    Sqrt,
    Swish,
    Tan,
    Tanh,
    ThresholdedRelu,
};

enum class BinaryFunction {
    Add,
    And,
    Div,
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Max,
    Min,
    Mod,
    ModFloat,
    Mul,
    Or,
    Pow,
    PRelu,
    Sub,
    Xor,
};

/// alpha and beta as the ONNX operator names them (Clip: min and max; Shrink: lambd and bias).
struct UnaryParameters {
    double alpha = 0;
    double beta = 0;
};

}  // namespace clipscope::runtime
