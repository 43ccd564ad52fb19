// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Elementwise functions, written once (functors/) and compiled for every device: here their names
/// and the one switch from a name to its functor.

#include "analysis/runtime/functors/binary.h"
#include "analysis/runtime/functors/unary.h"

namespace clipscope::runtime {

enum class UnaryFunction {
    Abs,
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atanh,
    BitwiseNot,
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
    BitwiseAnd,
    BitwiseOr,
    BitwiseXor,
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
    ShiftLeft,
    ShiftRight,
    Sub,
    Xor,
};

/// alpha and beta as the ONNX operator names them (Clip: min and max; IsInf: detect_negative and
/// detect_positive; Selu: alpha and gamma; Shrink: lambd and bias).
struct UnaryParameters {
    double alpha = 0;
    double beta = 0;
};

/// visitor(functor), the functor that `function` names with its parameters set. Calls on the host;
/// the functor runs anywhere.
template <typename Visitor>
auto visitUnary(UnaryFunction function, const UnaryParameters& parameters, Visitor&& visitor) {
    const double alpha = parameters.alpha;
    const double beta = parameters.beta;
    switch (function) {
        case UnaryFunction::Abs:
            return visitor(functors::Abs{});
        case UnaryFunction::Acos:
            return visitor(functors::Acos{});
        case UnaryFunction::Acosh:
            return visitor(functors::Acosh{});
        case UnaryFunction::Asin:
            return visitor(functors::Asin{});
        case UnaryFunction::Asinh:
            return visitor(functors::Asinh{});
        case UnaryFunction::Atan:
            return visitor(functors::Atan{});
        case UnaryFunction::Atanh:
            return visitor(functors::Atanh{});
        case UnaryFunction::BitwiseNot:
            return visitor(functors::BitwiseNot{});
        case UnaryFunction::Ceil:
            return visitor(functors::Ceil{});
        case UnaryFunction::Celu:
            return visitor(functors::Celu{alpha});
        case UnaryFunction::Clip:
            return visitor(functors::Clip{alpha, beta});
        case UnaryFunction::Cos:
            return visitor(functors::Cos{});
        case UnaryFunction::Cosh:
            return visitor(functors::Cosh{});
        case UnaryFunction::Elu:
            return visitor(functors::Elu{alpha});
        case UnaryFunction::Erf:
            return visitor(functors::Erf{});
        case UnaryFunction::Exp:
            return visitor(functors::Exp{});
        case UnaryFunction::Floor:
            return visitor(functors::Floor{});
        case UnaryFunction::GeluErf:
            return visitor(functors::GeluErf{});
        case UnaryFunction::GeluTanh:
            return visitor(functors::GeluTanh{});
        case UnaryFunction::HardSigmoid:
            return visitor(functors::HardSigmoid{alpha, beta});
        case UnaryFunction::HardSwish:
            return visitor(functors::HardSwish{});
        case UnaryFunction::Identity:
            return visitor(functors::Identity{});
        case UnaryFunction::IsInf:
            return visitor(functors::IsInf{alpha, beta});
        case UnaryFunction::IsNaN:
            return visitor(functors::IsNaN{});
        case UnaryFunction::LeakyRelu:
            return visitor(functors::LeakyRelu{alpha});
        case UnaryFunction::Log:
            return visitor(functors::Log{});
        case UnaryFunction::Mish:
            return visitor(functors::Mish{});
        case UnaryFunction::Neg:
            return visitor(functors::Neg{});
        case UnaryFunction::Not:
            return visitor(functors::Not{});
        case UnaryFunction::Reciprocal:
            return visitor(functors::Reciprocal{});
        case UnaryFunction::Relu:
            return visitor(functors::Relu{});
        case UnaryFunction::Round:
            return visitor(functors::Round{});
        case UnaryFunction::Selu:
            return visitor(functors::Selu{alpha, beta});
        case UnaryFunction::Shrink:
            return visitor(functors::Shrink{alpha, beta});
        case UnaryFunction::Sigmoid:
            return visitor(functors::Sigmoid{});
        case UnaryFunction::Sign:
            return visitor(functors::Sign{});
        case UnaryFunction::Sin:
            return visitor(functors::Sin{});
        case UnaryFunction::Sinh:
            return visitor(functors::Sinh{});
        case UnaryFunction::Softplus:
            return visitor(functors::Softplus{});
        case UnaryFunction::Softsign:
            return visitor(functors::Softsign{});
        case UnaryFunction::Sqrt:
            return visitor(functors::Sqrt{});
        case UnaryFunction::Swish:
            return visitor(functors::Swish{alpha});
        case UnaryFunction::Tan:
            return visitor(functors::Tan{});
        case UnaryFunction::Tanh:
            return visitor(functors::Tanh{});
        case UnaryFunction::ThresholdedRelu:
            return visitor(functors::ThresholdedRelu{alpha});
    }
    return visitor(functors::Identity{});  // not reached: the cases are all
}

template <typename Visitor>
auto visitBinary(BinaryFunction function, Visitor&& visitor) {
    switch (function) {
        case BinaryFunction::Add:
            return visitor(functors::Add{});
        case BinaryFunction::And:
            return visitor(functors::And{});
        case BinaryFunction::BitwiseAnd:
            return visitor(functors::BitwiseAnd{});
        case BinaryFunction::BitwiseOr:
            return visitor(functors::BitwiseOr{});
        case BinaryFunction::BitwiseXor:
            return visitor(functors::BitwiseXor{});
        case BinaryFunction::Div:
            return visitor(functors::Div{});
        case BinaryFunction::Equal:
            return visitor(functors::Equal{});
        case BinaryFunction::Greater:
            return visitor(functors::Greater{});
        case BinaryFunction::GreaterOrEqual:
            return visitor(functors::GreaterOrEqual{});
        case BinaryFunction::Less:
            return visitor(functors::Less{});
        case BinaryFunction::LessOrEqual:
            return visitor(functors::LessOrEqual{});
        case BinaryFunction::Max:
            return visitor(functors::Max{});
        case BinaryFunction::Min:
            return visitor(functors::Min{});
        case BinaryFunction::Mod:
            return visitor(functors::Mod{});
        case BinaryFunction::ModFloat:
            return visitor(functors::ModFloat{});
        case BinaryFunction::Mul:
            return visitor(functors::Mul{});
        case BinaryFunction::Or:
            return visitor(functors::Or{});
        case BinaryFunction::Pow:
            return visitor(functors::Pow{});
        case BinaryFunction::PRelu:
            return visitor(functors::PRelu{});
        case BinaryFunction::ShiftLeft:
            return visitor(functors::ShiftLeft{});
        case BinaryFunction::ShiftRight:
            return visitor(functors::ShiftRight{});
        case BinaryFunction::Sub:
            return visitor(functors::Sub{});
        case BinaryFunction::Xor:
            return visitor(functors::Xor{});
    }
    return visitor(functors::Add{});  // not reached: the cases are all
}

}  // namespace clipscope::runtime
