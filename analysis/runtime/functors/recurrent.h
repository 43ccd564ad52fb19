// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/runtime/functors/unary.h"

/// The cells of recurrent layers, written once: for rows of hidden units on the CPU, for single
/// ones in kernels.
namespace clipscope::runtime {

enum class CellKind { Rnn, Gru, Lstm };

constexpr int64_t gatesOf(CellKind kind) {
    return kind == CellKind::Rnn ? 1 : kind == CellKind::Gru ? 3 : 4;
}

enum class ActivationKind {
    Affine,
    Elu,
    HardSigmoid,
    LeakyRelu,
    Relu,
    ScaledTanh,
    Sigmoid,
    Softplus,
    Softsign,
    Tanh,
    ThresholdedRelu,
};

struct Activation {
    ActivationKind kind = ActivationKind::Tanh;
    float alpha = 0;
    float beta = 0;
};

struct CellForm {
    Activation activations[3];  ///< ONNX's f, g and h
    float clip = 0;             ///< of what the activations of gates take; 0: none
    bool linear = false;        ///< GRU's linear_before_reset
    bool coupled = false;       ///< LSTM's input_forget
};

/// A sequence's element that is read and written at that time: a backward one starts at its last.
CLIPSCOPE_HD inline int64_t elementAt(bool backward, int64_t length, int64_t time) {
    return backward && time < length ? length - 1 - time : time;
}

namespace functors {

struct Affine {
    float alpha;
    float beta;
    CLIPSCOPE_HD float operator()(float x) const { return alpha * x + beta; }
};

struct ScaledTanh {
    float alpha;
    float beta;
    CLIPSCOPE_HD float operator()(float x) const { return alpha * math::tanh(beta * x); }
};

/// visitor(functor), the activation's.
template <typename Visitor>
CLIPSCOPE_HD auto visitActivation(const Activation& activation, Visitor&& visitor) {
    const float alpha = activation.alpha;
    const float beta = activation.beta;
    switch (activation.kind) {
        case ActivationKind::Affine:
            return visitor(Affine{alpha, beta});
        case ActivationKind::Elu:
            return visitor(Elu{static_cast<double>(alpha)});
        case ActivationKind::HardSigmoid:
            return visitor(HardSigmoid{static_cast<double>(alpha), static_cast<double>(beta)});
        case ActivationKind::LeakyRelu:
            return visitor(LeakyRelu{static_cast<double>(alpha)});
        case ActivationKind::Relu:
            return visitor(Relu{});
        case ActivationKind::ScaledTanh:
            return visitor(ScaledTanh{alpha, beta});
        case ActivationKind::Sigmoid:
            return visitor(Sigmoid{});
        case ActivationKind::Softplus:
            return visitor(Softplus{});
        case ActivationKind::Softsign:
            return visitor(Softsign{});
        case ActivationKind::ThresholdedRelu:
            return visitor(ThresholdedRelu{static_cast<double>(alpha)});
        case ActivationKind::Tanh:
            break;
    }
    return visitor(Tanh{});
}

/// What cells do with a hidden unit; the CPU has the same for a row of them.
struct UnitSteps {
    CLIPSCOPE_HD void activate(const Activation& activation, float clip, float* y) const {
        const float low = clip > 0 && *y < -clip ? -clip : *y;
        const float x = clip > 0 && low > clip ? clip : low;
        *y = visitActivation(activation, [x](auto f) { return f(x); });
    }
    CLIPSCOPE_HD void copy(const float* x, float* y) const { *y = *x; }
    CLIPSCOPE_HD void add(const float* x, float* y) const { *y += *x; }
    /// y += x scale
    CLIPSCOPE_HD void addScaled(const float* x, const float* scale, float* y) const {
        *y += *x * *scale;
    }
    CLIPSCOPE_HD void multiply(const float* x, float* y) const { *y *= *x; }
    CLIPSCOPE_HD void complement(const float* x, float* y) const { *y = 1 - *x; }
    /// y = a y + b c
    CLIPSCOPE_HD void blend(const float* a, const float* b, const float* c, float* y) const {
        *y = *a * *y + *b * *c;
    }
};

/// `gate`: its sum; changes it and the state.
template <typename Steps>
CLIPSCOPE_HD void stepRnnCell(const Steps& steps, const CellForm& form, float* gate, float* state) {
    steps.activate(form.activations[0], form.clip, gate);
    steps.copy(gate, state);
}

/// The gate r from its sum; `read` is what the last gate is to multiply.
template <typename Steps>
CLIPSCOPE_HD void resetGruCell(const Steps& steps, const CellForm& form, float* reset,
                               float* read) {
    steps.activate(form.activations[0], form.clip, reset);
    if (!form.linear)
        steps.multiply(reset, read);
}

/// The sums of z and h, r as resetGruCell() leaves it, and the state's part of h: a linear one is
/// still to be multiplied with r.
template <typename Steps>
CLIPSCOPE_HD void stepGruCell(const Steps& steps, const CellForm& form, float* update, float* reset,
                              float* candidate, const float* recurrent, float* state) {
    if (form.linear)
        steps.addScaled(recurrent, reset, candidate);
    else
        steps.add(recurrent, candidate);
    steps.activate(form.activations[1], form.clip, candidate);
    steps.activate(form.activations[0], form.clip, update);
    steps.complement(update, reset);
    steps.blend(update, reset, candidate, state);
}

/// The sums of the gates in ONNX's order; `peepholes` of i, o and f may be null.
template <typename Steps>
CLIPSCOPE_HD void stepLstmCell(const Steps& steps, const CellForm& form, float* input,
                               float* output, float* forget, float* candidate,
                               const float* const (&peepholes)[3], float* cell, float* state) {
    if (peepholes[0])
        steps.addScaled(cell, peepholes[0], input);
    steps.activate(form.activations[0], form.clip, input);
    if (form.coupled) {
        steps.complement(input, forget);
    } else {
        if (peepholes[2])
            steps.addScaled(cell, peepholes[2], forget);
        steps.activate(form.activations[0], form.clip, forget);
    }
    steps.activate(form.activations[1], form.clip, candidate);
    steps.blend(forget, input, candidate, cell);
    if (peepholes[1])
        steps.addScaled(cell, peepholes[1], output);
    steps.activate(form.activations[0], form.clip, output);
    steps.copy(cell, state);
    steps.activate(form.activations[2], 0, state);
    steps.multiply(output, state);
}

}  // namespace functors
}  // namespace clipscope::runtime
